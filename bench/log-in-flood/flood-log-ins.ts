import { setTimeout as sleep } from 'node:timers/promises';
import { createCaller } from '../../scripts/load/call-once.ts';

export interface Flood {
  answered: number;
  shed: number;
  wrong: number;
}

/** Many more than all cores hash in the three seconds that a log-in waits for its turn. */
const guessers = 60;
const breathMs = 50;

/** Guesses passwords without end, each for another e-mail address: no account is used up, and each guess costs a hash. */
export function floodLogIns(url: string): { stop(): Promise<Flood> } {
  const call = createCaller(url, { keepsAlive: true });
  const flood: Flood = { answered: 0, shed: 0, wrong: 0 };
  let [guesses, isOver] = [0, false];
  const guess = async (): Promise<void> => {
    while (!isOver) {
      const body = { email: `guess-${(guesses += 1)}@example.org`, password: 'not this password' };
      const { status } = await call({ method: 'POST', path: '/auth/login', body });
      if (status === 401) flood.answered += 1;
      else if (status === 503) flood.shed += 1;
      else flood.wrong += 1;
      await sleep(breathMs);
    }
  };
  const guessing = Array.from({ length: guessers }, guess);
  return {
    stop: async () => {
      isOver = true;
      await Promise.all(guessing);
      return flood;
    },
  };
}
