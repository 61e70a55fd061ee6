import type { Database } from '@tradepost/service-kit/database.ts';
import { withDeadline } from '@tradepost/service-kit/route.ts';
import type { Store } from 'express-rate-limit';
import { countHit, digestOf, forgetRow, uncountHit } from './counter.ts';

/** Where express-rate-limit counts: in authDB, so that an address finds the same count at every replica. */
export function addressStore(database: Database, policy: { name: string; seconds: number }): Store {
  const digest = (address: string): string => digestOf(policy.name, address);
  return {
    localKeys: false,
    increment: async (address) => {
      const window = { digest: digest(address), seconds: policy.seconds };
      const { hits, endsInMs } = await withDeadline(countHit(database, window));
      return { totalHits: hits, resetTime: new Date(Date.now() + endsInMs) };
    },
    // After the answer, when nobody waits any more: a rejection would end the process. A hit that stays ends with its window.
    decrement: (address) => uncountHit(database, digest(address)).catch(() => undefined),
    resetKey: (address) => forgetRow(database, digest(address)),
  };
}
