import type { Database } from '@tradepost/service-kit/database.ts';
import { callerAddress } from './caller.ts';
import { type Count, countHit, digestOf, forgetRow, keepRow, readCounts } from './counter.ts';
import { tooMany } from './limits.errors.ts';

/**
 * Wrong passwords of one account, counted over all replicas: those from a place where somebody has logged in to it lately for
 * that place, all others together. So strangers use up their own guesses and not the owner's, and many addresses give them no
 * more. An e-mail address without an account is counted alike, so that nobody learns which have one.
 */
export interface Guesses {
  /** Throws 429 while as many were wrong as may be. */
  refuse(email: string): Promise<void>;
  /** Counts a wrong one, and throws 429 for one too many. */
  countWrong(email: string): Promise<void>;
  /** The owner has been here. */
  rememberPlace(email: string): Promise<void>;
  /** The owner has set a new password from here: it has guesses of its own, and all of them. */
  startAnew(email: string): Promise<void>;
}

const policy = 'log-in-account';
const windowSeconds = 15 * 60;
const placeSeconds = 30 * 24 * 3_600;

const placeOf = (email: string): string => digestOf('place', email, callerAddress());
const windowOf = (email: string): string => digestOf(policy, email, callerAddress());

/** Where the wrong passwords of an account are counted that come from here. */
async function findWindow(database: Database, email: string): Promise<{ digest: string; count?: Count }> {
  const [place, here, elsewhere] = [placeOf(email), windowOf(email), digestOf(policy, email)];
  const counts = await readCounts(database, [place, here, elsewhere]);
  const digest = counts.has(place) ? here : elsewhere;
  const count = counts.get(digest);
  return { digest, ...(count && { count }) };
}

/**
 * @param limit how many wrong passwords an account may get in 15 minutes
 */
export function limitGuesses(database: Database, limit: number): Guesses {
  const rememberPlace = (email: string) =>
    keepRow(database, { digest: placeOf(email), seconds: placeSeconds });
  const refusal = ({ endsInMs }: Count) =>
    tooMany('Too many wrong passwords for this account; wait, or set a new password.', {
      policy,
      limit,
      seconds: windowSeconds,
      endsInMs,
    });
  return {
    refuse: async (email) => {
      const { count } = await findWindow(database, email);
      if (count !== undefined && count.hits >= limit) throw refusal(count);
    },
    countWrong: async (email) => {
      const { digest } = await findWindow(database, email);
      const count = await countHit(database, { digest, seconds: windowSeconds });
      if (count.hits > limit) throw refusal(count);
    },
    rememberPlace,
    startAnew: async (email) => {
      await forgetRow(database, windowOf(email));
      await rememberPlace(email);
    },
  };
}
