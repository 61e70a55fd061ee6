import { availableParallelism } from 'node:os';
import { unavailable } from '@tradepost/service-kit/problem.ts';
import bcrypt from 'bcrypt';
import { bulkhead, BulkheadRejectedError, TaskCancelledError } from 'cockatiel';
import { maxBytes, normalise } from './password-rules.ts';

export interface Passwords {
  /** Hashes the NFC form of a password. */
  hash(password: string): Promise<string>;
  /**
   * Compares the NFC form of a password, then the form as sent, which older hashes were made of. Takes the same time
   * whether there is a hash to compare with or not, unless the password is right.
   */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

/** Whoever waits for longer is told to come again, and costs nothing: a hash that nobody waits for is not made. */
const patienceMs = 3_000;
const queueLength = 1_000;

/**
 * Hashing behind a bounded queue: it takes a core for a quarter of a second, and must not pile up without end.
 * @param cost bcrypt's, the exponent of its rounds
 */
export function hashPasswords(cost: number): Passwords {
  const queue = bulkhead(availableParallelism(), queueLength);
  // Well-formed and equal to no password; comparing with it takes as long as with any other of this cost.
  const unknownHash = `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;
  const queued = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await queue.execute(work, AbortSignal.timeout(patienceMs));
    } catch (error) {
      const shed = error instanceof BulkheadRejectedError || error instanceof TaskCancelledError;
      throw shed ? unavailable('Too many log-ins at once; try again.', error) : error;
    }
  };
  const compare = async (password: string, hash: string | undefined): Promise<boolean> => {
    const equal = await queued(() => bcrypt.compare(password, hash ?? unknownHash));
    // A password and the same with more behind its 72nd byte are equal to bcrypt.
    return equal && hash !== undefined && Buffer.byteLength(password) <= maxBytes;
  };
  return {
    hash: (password) => queued(() => bcrypt.hash(normalise(password), cost)),
    verify: async (password, hash) => {
      const normalised = normalise(password);
      if (await compare(normalised, hash)) return true;
      // How many comparisons follow depends on the password alone, and never on the account.
      return normalised !== password && compare(password, hash);
    },
  };
}
