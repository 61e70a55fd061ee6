/** How many items of work may wait for one counterpart at a time: a receiver, a mail server, a provider. */
export interface CounterpartPlaces {
  /** Places that are free for a counterpart now. */
  free: (counterpart: string) => number;
  /** Items that wait for a counterpart now. */
  taken: (counterpart: string) => number;
  take: (counterpart: string) => void;
  /** Gives a place back. A counterpart that gave no answer gets half as many places, at least one, until it answers. */
  giveBack: (counterpart: string, outcome: { answered: boolean }) => void;
}

interface Counterpart {
  taken: number;
  allowed: number;
}

/**
 * Shares places among counterparts, so that a counterpart that hangs delays no other one.
 * @param mostOf places of one counterpart while it answers
 */
export function shareAmongCounterparts(mostOf: (counterpart: string) => number): CounterpartPlaces {
  const known = new Map<string, Counterpart>();
  const find = (name: string): Counterpart => known.get(name) ?? { taken: 0, allowed: mostOf(name) };
  // A counterpart without work and with all its places needs no entry, so the map stays as small as the work at hand.
  const store = (name: string, state: Counterpart): void => {
    if (state.taken === 0 && state.allowed === mostOf(name)) known.delete(name);
    else known.set(name, state);
  };
  return {
    free: (name) => Math.max(0, find(name).allowed - find(name).taken),
    taken: (name) => find(name).taken,
    take: (name) => {
      const { taken, allowed } = find(name);
      store(name, { taken: taken + 1, allowed });
    },
    giveBack: (name, { answered }) => {
      const { taken, allowed } = find(name);
      store(name, {
        taken: taken - 1,
        allowed: answered ? mostOf(name) : Math.max(1, Math.floor(allowed / 2)),
      });
    },
  };
}
