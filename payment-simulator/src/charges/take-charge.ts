import { createHash } from 'node:crypto';
import type { Database } from '@tradepost/service-kit/database.ts';
import { unavailable } from '@tradepost/service-kit/problem.ts';
import { loseAnswer, type Sleep } from '../sleep.ts';
import type { Charge, ChargeOutcome } from './charge.model.ts';
import { chargeDiffers } from './charges.errors.ts';
import { getCharge, outcomeOf } from './charges.queries.ts';
import { restCharge } from './rest-charge.ts';
import { type Plan, planSend } from './test-tokens.ts';

interface Dependencies {
  database: Database;
  sleep: Sleep;
  faultSeed: string;
}

export interface ChargeRequest {
  chargeId: string;
  orderId: string;
  amount: { amount: number; currency: string };
  method: string;
  token: string;
}

/** Tells payloads apart without keeping the token. */
function digestOf({ orderId, amount, method, token }: ChargeRequest): string {
  const payload = JSON.stringify([orderId, amount.amount, amount.currency, method, token]);
  return createHash('sha256').update(payload).digest('hex');
}

/** Stores the charge when it comes for the first time, and counts its sends; each gets a number of its own. */
async function receive(database: Database, request: ChargeRequest): Promise<Charge> {
  const { chargeId, orderId, amount, method } = request;
  const payloadDigest = digestOf(request);
  const sent = { chargeId, orderId, amountMinor: amount.amount, currency: amount.currency, method };
  const charge = await database.transaction(async (tx) => {
    await database.change(
      `INSERT INTO charges (id, order_id, amount_minor, currency, method, payload_digest, status, sends)
       VALUES (:chargeId, :orderId, :amountMinor, :currency, :method, :payloadDigest, 'open', 1)
           ON DUPLICATE KEY UPDATE sends = sends + (payload_digest <=> :payloadDigest)`,
      { ...sent, payloadDigest },
      tx,
    );
    // In the transaction, which has the row locked: the next send cannot have raised the number yet.
    return getCharge(chargeId, tx);
  });
  if (charge.payloadDigest !== null && charge.payloadDigest !== payloadDigest) {
    throw chargeDiffers('A charge is made once; send another payload under a fresh id.');
  }
  return charge;
}

/** Waits outside of any transaction, so that a charge which takes its time keeps neither a lock nor a connection. */
async function carryOut(
  { database, sleep }: Dependencies,
  chargeId: string,
  { waitMs = 0, outcome }: Plan,
): Promise<ChargeOutcome> {
  if (waitMs > 0) await sleep(waitMs);
  if (!outcome) throw unavailable('Nothing was captured; send the charge again.');
  return database.transaction((tx) => restCharge(database, tx, { chargeId, ...outcome }));
}

/** Takes a charge: stores it, does what its test token says, and answers what it rests as; a repeat finds the same. */
export async function takeCharge(dependencies: Dependencies, request: ChargeRequest): Promise<ChargeOutcome> {
  const { chargeId, token } = request;
  const charge = await receive(dependencies.database, request);
  const plan = planSend(token, { chargeId, number: charge.sends, seed: dependencies.faultSeed });
  const outcome = outcomeOf(charge) ?? (await carryOut(dependencies, chargeId, plan));
  if (plan.losesAnswer && outcome.status === 'captured') await loseAnswer(dependencies.sleep);
  return outcome;
}
