import { createHash } from 'node:crypto';

/** Chance that repeats: the same names give the same draws in the same order. */
export interface Random {
  /** At least 0, below 1. */
  fraction(): number;
  /** A whole number, both ends included. */
  int(lowest: number, highest: number): number;
  chance(share: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** One of several, each as often as its weight says. */
  weigh<T>(choices: readonly (readonly [weight: number, value: T])[]): T;
}

/** Four words of state from the names; sfc32 draws from them (Chris Doty-Humphrey's generator of 128 bits). */
function drawFrom(names: readonly string[]): () => number {
  const hash = createHash('sha256').update(names.join('\n')).digest();
  let [a, b, c, counter] = [hash.readInt32LE(0), hash.readInt32LE(4), hash.readInt32LE(8), 1];
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
}

export function seededRandom(...names: string[]): Random {
  const fraction = drawFrom(names);
  const int = (lowest: number, highest: number): number =>
    lowest + Math.floor(fraction() * (highest - lowest + 1));
  return {
    fraction,
    int,
    chance: (share) => fraction() < share,
    pick(items) {
      const picked = items[int(0, items.length - 1)];
      if (picked === undefined) throw new Error('There is nothing to pick from.');
      return picked;
    },
    weigh(choices) {
      let left = fraction() * choices.reduce((sum, [weight]) => sum + weight, 0);
      const chosen = choices.find(([weight]) => (left -= weight) < 0) ?? choices.at(-1);
      if (chosen === undefined) throw new Error('There is nothing to weigh.');
      return chosen[1];
    },
  };
}
