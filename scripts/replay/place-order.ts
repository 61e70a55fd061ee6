import { setTimeout as wait } from 'node:timers/promises';
import { type PatientAnswer, pauseBefore } from './call-patiently.ts';
import type { Session } from './open-session.ts';

export interface Wish {
  /** Idempotency-Key. */
  key: string;
  body: { items: { productId: string; quantity: number }[]; shipTo: object; note: string };
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

/** Asks for a pending order until it rests. */
async function follow(session: Session, pending: Order): Promise<Order> {
  const giveUpAt = performance.now() + patienceMs;
  let order = pending;
  while (order.status === 'pending' && performance.now() < giveUpAt) {
    await wait(pollMs);
    const { status, body } = await session.call({ method: 'GET', path: `/orders/${pending.id}` });
    if (status === 200) order = body as Order;
  }
  return order;
}

function judge(order: Order, replayed: boolean): Placed {
  const { status, rejection } = order;
  if (status === 'pending') return { outcome: 'pending', order, replayed, reason: 'is pending' };
  if (status !== 'rejected') return { outcome: 'placed', order, replayed };
  return {
    outcome: 'rejected',
    order,
    replayed,
    reason: `was rejected: ${rejection?.detail ?? 'no reason'}`,
  };
}

function describeRefusal({ status, body }: PatientAnswer): string {
  const { code = 'no code', requestId = 'no id' } = (body ?? {}) as { code?: string; requestId?: string };
  return `was refused with ${status} ${code} (request ${requestId})`;
}

/** Places one order as a customer would, and waits until it rests. */
export async function placeOrder(session: Session, wish: Wish): Promise<Placed> {
  const answer = await send(session, wish);
  const replayed = answer.headers.get('Idempotency-Replayed') === 'true';
  if (answer.status === 201 || answer.status === 202) {
    return judge(await follow(session, answer.body as Order), replayed);
  }
  return { outcome: 'rejected', replayed, reason: describeRefusal(answer) };
}
