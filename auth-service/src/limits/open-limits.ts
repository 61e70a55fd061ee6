import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import type { Problem } from '@tradepost/service-kit/problem.ts';
import { purgeHourly } from '@tradepost/jobs/purge-hourly.ts';
import type { LimitConfig } from '../config.ts';
import { countHit, digestOf, endedWindows } from './counter.ts';
import { type Guesses, limitGuesses } from './guesses.ts';
import { tooMany } from './limits.errors.ts';

/** What one address may do, counted over all replicas. */
export interface AddressPolicy {
  name: string;
  paths: string[];
  limit: number;
  seconds: number;
  /** A request that is not answered with 401 does not count. */
  failuresOnly: boolean;
}

export interface Limits {
  guesses: Guesses;
  /** Counts a code that is to be sent for an account (its id, or an e-mail address that may have none): 429 is one too many. */
  countCode(account: string): Promise<Problem | undefined>;
  addresses: readonly AddressPolicy[];
  stop(): void;
}

const hour = 3_600;

function addressPolicies(config: LimitConfig): AddressPolicy[] {
  return [
    {
      name: 'log-in-address',
      paths: ['/auth/login'],
      limit: config.LOG_IN_FAILURES_PER_ADDRESS,
      seconds: hour / 4,
      failuresOnly: true,
    },
    {
      name: 'registration-address',
      paths: ['/auth/register'],
      limit: config.REGISTRATIONS_PER_ADDRESS,
      seconds: hour,
      failuresOnly: false,
    },
    {
      name: 'codes-address',
      paths: [
        '/auth/verification',
        '/auth/verification/confirm',
        '/auth/password/forgot',
        '/auth/password/reset',
      ],
      limit: config.CODES_PER_ADDRESS,
      seconds: hour,
      failuresOnly: false,
    },
  ];
}

/** Opens the limits that hold over all replicas, because they are counted in authDB; windows that are over go once an hour. */
export function openLimits(
  { database, logger }: { database: Database; logger: Logger },
  config: LimitConfig,
): Limits {
  const { CODES_PER_ACCOUNT: limit } = config;
  return {
    guesses: limitGuesses(database, config.LOG_IN_FAILURES_PER_ACCOUNT),
    countCode: async (account) => {
      const window = { digest: digestOf('codes-account', account), seconds: hour };
      const { hits, endsInMs } = await countHit(database, window);
      if (hits <= limit) return undefined;
      return tooMany('Too many codes for this account; wait, and use the last one.', {
        policy: 'codes-account',
        limit,
        seconds: hour,
        endsInMs,
      });
    },
    addresses: addressPolicies(config),
    stop: purgeHourly({ database, logger }, [endedWindows]).stop,
  };
}
