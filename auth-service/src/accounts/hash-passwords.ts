import { availableParallelism } from 'node:os';
import { unavailable } from '@tradepost/service-kit/problem.ts';
import bcrypt from 'bcrypt';
import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import { maxBytes } from './password-rules.ts';

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Takes the same time whether there is a hash to compare with or not. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

/** About a second of work for each core at cost 12; whoever comes after that is told to come again. */
const queueLength = 64;

/**
 * Hashing behind a bounded queue: it takes a core for a quarter of a second, and must not pile up without end.
 * @param cost bcrypt's, the exponent of its rounds
 */
export async function hashPasswords(cost: number): Promise<Passwords> {
  const queue = bulkhead(availableParallelism(), queueLength);
  const unknownHash = await bcrypt.hash('nobody has this account', cost);
  const queued = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await queue.execute(work);
    } catch (error) {
      if (error instanceof BulkheadRejectedError)
        throw unavailable('Too many log-ins at once; try again.', error);
      throw error;
    }
  };
  return {
    hash: (password) => queued(() => bcrypt.hash(password, cost)),
    verify: async (password, hash) => {
      const equal = await queued(() => bcrypt.compare(password, hash ?? unknownHash));
      // A password and the same with more behind its 72nd byte are equal to bcrypt.
      return equal && hash !== undefined && Buffer.byteLength(password) <= maxBytes;
    },
  };
}
