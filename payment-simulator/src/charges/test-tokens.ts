import { seededChance } from '../seeded-chance.ts';
import { tooLateMs } from '../sleep.ts';
import type { ChargeOutcome } from './charge.model.ts';

/** One send of a charge. */
export interface Send {
  chargeId: string;
  /** 1 for the first. */
  number: number;
  seed: string;
}

/** What a test token makes of a send. */
export interface Plan {
  /** How long the provider takes before it does anything. */
  waitMs?: number;
  /** What the charge is to rest as; without it nothing comes of this send. */
  outcome?: ChargeOutcome;
  /** Whether no answer that tells of a capture ever arrives. */
  losesAnswer?: boolean;
}

const captured: Plan = { outcome: { status: 'captured', declineCode: null } };
const declined = (declineCode: string): Plan => ({ outcome: { status: 'declined', declineCode } });
const refused: Plan = {};
const tooLate: Plan = { waitMs: tooLateMs };

const plans = new Map<string, Plan>([
  ['tok_ok', captured],
  ['tok_insufficient_funds', declined('insufficient_funds')],
  ['tok_timeout', tooLate],
  ['tok_lost_response', { ...captured, losesAnswer: true }],
]);
const numbered = /^tok_(flaky|slow)_(\d{1,5})$/;
const maxFlaky = 100;
const maxSlowMs = 60_000;

const declineRate = 0.2;
/** Of the sends of a charge that is not declined; 20 % of all first sends. */
const timeoutRate = 0.2 / (1 - declineRate);

/** Whether a charge is declined hangs on its id alone; whether a send is too late, on the send, so that the next may do. */
function planRandom({ seed, chargeId, number }: Send): Plan {
  if (seededChance(seed, 'declined', chargeId) < declineRate) return declined('do_not_honor');
  return seededChance(seed, 'too late', chargeId, number) < timeoutRate ? tooLate : captured;
}

/** What becomes of a send of an open charge, by its token. */
export function planSend(token: string, send: Send): Plan {
  if (token === 'tok_random') return planRandom(send);
  const [, kind, digits] = numbered.exec(token) ?? [];
  const number = Number(digits);
  if (kind === 'flaky' && number <= maxFlaky) return send.number <= number ? refused : captured;
  if (kind === 'slow' && number <= maxSlowMs) return { ...captured, waitMs: number };
  return plans.get(token) ?? declined('invalid_token');
}
