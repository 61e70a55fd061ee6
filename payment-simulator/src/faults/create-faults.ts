import { seededChance } from '../seeded-chance.ts';

export interface FaultSettings {
  /** How long each send waits before anything happens. */
  delayMs: number;
  /** Share of sends that are refused before any work. */
  failRate: number;
  /** Share of sends whose work is done and whose answer is lost. */
  loseRate: number;
}

/** What happens to one send. */
interface Fate {
  delayMs: number;
  isRefused: boolean;
  losesAnswer: boolean;
}

export interface Faults {
  read(): FaultSettings;
  set(settings: FaultSettings): void;
  clear(): void;
  /** Draws the fate of the next send of a charge or refund. */
  draw(id: string): Fate;
}

const none: FaultSettings = { delayMs: 0, failRate: 0, loseRate: 0 };

/**
 * Keeps which faults are switched on in this process, and draws what they do to each send, the same in every run:
 * from the seed, the id, and how often that was sent since the switch.
 */
export function createFaults(seed: string): Faults {
  let current = none;
  // Counted here, because a send that is refused before any work has no row to count it.
  const sends = new Map<string, number>();
  const set = (settings: FaultSettings): void => {
    current = settings;
    sends.clear();
  };
  return {
    read: () => current,
    set,
    clear: () => set(none),
    draw(id) {
      const { delayMs, failRate, loseRate } = current;
      if (failRate === 0 && loseRate === 0) return { delayMs, isRefused: false, losesAnswer: false };
      const send = (sends.get(id) ?? 0) + 1;
      sends.set(id, send);
      return {
        delayMs,
        isRefused: seededChance(seed, 'refused', id, send) < failRate,
        losesAnswer: seededChance(seed, 'lost', id, send) < loseRate,
      };
    },
  };
}
