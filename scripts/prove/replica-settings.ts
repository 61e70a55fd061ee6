import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { ProcessName, Settings } from '../local/processes.ts';
import type { WrongClock } from './plan-faults.ts';

const shiftClock = pathToFileURL(join(import.meta.dirname, 'shift-clock.ts')).href;

const ofAll: Settings = {
  LOG_LEVEL: 'warn',
  // Short, so that orders expire while others are being paid; holds are reviewed only in runs of more than six minutes.
  PAYMENT_WINDOW_MINUTES: '1',
};

/** Cheap hashing, quiet logs, and for one replica a clock that is wrong. */
export function replicaSettings(wrong: WrongClock): (name: ProcessName, number: number) => Settings {
  return (name, number) => ({
    ...ofAll,
    ...(name === 'auth-service' && { BCRYPT_COST: '4' }),
    ...(name === wrong.of &&
      number === wrong.number && {
        CLOCK_OFFSET_MS: String(wrong.offsetMs),
        NODE_OPTIONS: `--import=${shiftClock}`,
      }),
  });
}
