import pLimit from 'p-limit';
import type { House } from './house.ts';
import type { KnownOrder } from './journal.ts';
import { canBecome, isAtRest } from './legal-moves.ts';
import { repeat } from './send-keyed.ts';

const atOnce = 8;
/** Of the keys, those that are sent once more in the end; spread over the whole run. */
const mostRepeats = 400;

async function checkOrder(order: KnownOrder): Promise<string[]> {
  const { id, key, buyer, seen, isCaptured } = order;
  const { status: answered, body } = await buyer.insist({ method: 'GET', path: `/orders/${id}` });
  if (answered !== 200) return [`order ${id} (key ${key}) was acknowledged, and its buyer reads ${answered}`];
  const status = String(body.status);
  const breaches = isAtRest(status) ? [] : [`order ${id} (key ${key}) is still ${status}`];
  if (isCaptured && !canBecome('paid', status))
    breaches.push(`order ${id} (key ${key}) was told to be paid for and is ${status}`);
  const illegal = [...seen].filter((before) => !canBecome(before, status));
  return [...breaches, ...illegal.map((before) => `order ${id} (key ${key}) was ${before} and is ${status}`)];
}

/** Every acknowledged order is there for its buyer, at rest, where all that was told of it can have led. */
export async function checkOrders({ journal }: House): Promise<string[]> {
  const found = await pLimit(atOnce).map([...journal.orders.values()], checkOrder);
  return found.flat();
}

/** Sends keys once more that were answered; the journal compares. Answers how many. */
export async function repeatKeys(house: House): Promise<number> {
  const answered = house.journal.entries.filter(({ answer }) => answer !== undefined);
  const every = Math.max(1, Math.ceil(answered.length / mostRepeats));
  const chosen = answered.filter((_entry, index) => index % every === 0);
  await pLimit(atOnce).map(chosen, (entry) => repeat(house, entry));
  return chosen.length;
}
