/** Milliseconds since 1970, as a service counts the times that others compare with theirs. */
export interface Clock {
  now: () => number;
}

/** The clock of this process, wrong or not. */
export const processClock: Clock = { now: () => Date.now() };

export interface DatabaseClock extends Clock {
  /**
   * Measures the clock of the database.
   * @param read the database's time; the moment in the middle of the call is taken as the time of its answer
   */
  measure(read: () => Promise<number>): Promise<void>;
}

/**
 * The clock of the database, which all replicas share. Between two measurements the monotonic timer of this process carries
 * it on, so neither a wrong clock of the machine nor a correction of it matters. Before the first one it is the process's clock.
 */
export function createDatabaseClock(): DatabaseClock {
  let origin: number | undefined;
  return {
    now: () => (origin === undefined ? processClock.now() : origin + performance.now()),
    async measure(read) {
      const askedAt = performance.now();
      const time = await read();
      origin = time - (askedAt + performance.now()) / 2;
    },
  };
}
