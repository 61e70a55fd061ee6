import { setTimeout as wait } from 'node:timers/promises';
import { type PatientAnswer, pauseBefore } from './call-patiently.ts';
import type { Session } from './open-session.ts';

export interface Wish {
  /** Idempotency-Key. */
  key: string;
  body: {
    items: { productId: string; quantity: number }[];
    shipTo: object;
    note: string;
    payment: { method: 'card'; token: string };
  };
}

interface Order {
  id: string;
  status: string;
  items: { productId: string; quantity: number }[];
  total: { amount: number } | null;
  rejection: { detail: string } | null;
}

export interface Placed {
  outcome: 'placed' | 'rejected' | 'pending';
  /** Missing when the request was refused. */
  order?: Order;
  /** What its payments took, in minor units. */
  capturedMinor: number;
  /** Whether the API had its answer already: from an earlier run, or from an attempt whose answer got lost. */
  replayed: boolean;
  reason?: string;
}

/** How long an order may take until it rests, and a request that still runs somewhere until it is answered. */
const patienceMs = 120_000;
const pollMs = 250;

function isStillRunning({ status, body }: PatientAnswer): boolean {
  return status === 409 && (body as { code?: unknown } | null)?.code === 'request-in-progress';
}

/** Sends the order until its answer is known; each time with the same key, so that it is placed once. */
async function send(session: Session, { key, body }: Wish): Promise<PatientAnswer> {
  const giveUpAt = performance.now() + patienceMs;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await session.call({ method: 'POST', path: '/orders', key, body });
    if (!isStillRunning(answer) || performance.now() > giveUpAt) return answer;
    await wait(pauseBefore(attempt, answer.headers));
  }
}

const unfinished = new Set(['pending', 'awaiting_payment', 'paying']);

/** Asks for an order until it is paid, or never will be. */
async function follow(session: Session, first: Order): Promise<Order> {
  const giveUpAt = performance.now() + patienceMs;
  let order = first;
  while (unfinished.has(order.status) && performance.now() < giveUpAt) {
    await wait(pollMs);
    const { status, body } = await session.call({ method: 'GET', path: `/orders/${first.id}` });
    if (status === 200) order = body as Order;
  }
  return order;
}

interface Payment {
  status: string;
  amount: { amount: number };
}

/** What the payments of an order took, as the API tells. */
async function readCaptured(session: Session, { id }: Order): Promise<number> {
  const { status, body } = await session.call({ method: 'GET', path: `/orders/${id}/payments` });
  if (status !== 200) throw new Error(`The payments of order ${id} answer ${status}.`);
  const captured = (body as { items: Payment[] }).items.filter((payment) => payment.status === 'captured');
  return captured.reduce((sum, { amount }) => sum + amount.amount, 0);
}

function judge(order: Order, replayed: boolean, capturedMinor: number): Placed {
  const { status, rejection } = order;
  const known = { order, replayed, capturedMinor };
  if (status === 'paid') return { outcome: 'placed', ...known };
  if (unfinished.has(status)) return { outcome: 'pending', ...known, reason: `is ${status}` };
  const reason = status === 'rejected' ? `was rejected: ${rejection?.detail ?? 'no reason'}` : `is ${status}`;
  return { outcome: 'rejected', ...known, reason };
}

function describeRefusal({ status, body }: PatientAnswer): string {
  const { code = 'no code', requestId = 'no id' } = (body ?? {}) as { code?: string; requestId?: string };
  return `was refused with ${status} ${code} (request ${requestId})`;
}

/** Places and pays one order as a customer would, and waits until it rests. */
export async function placeOrder(session: Session, wish: Wish): Promise<Placed> {
  const answer = await send(session, wish);
  const replayed = answer.headers.get('Idempotency-Replayed') === 'true';
  if (answer.status === 201 || answer.status === 202) {
    const order = await follow(session, answer.body as Order);
    return judge(order, replayed, await readCaptured(session, order));
  }
  return { outcome: 'rejected', replayed, capturedMinor: 0, reason: describeRefusal(answer) };
}
