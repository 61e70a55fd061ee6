import { expect } from '@jest/globals';
import type supertest from 'supertest';
import type { Offer } from './fake-products.ts';
import { basket, eventually, type OrderApp, type Person, somebody } from './order-app.ts';

export interface Bought {
  buyer: Person;
  orderId: string;
  product: Offer;
}

/** An order of one piece of a product, which waits for its payment. */
export async function placeOne(app: OrderApp, offer: Partial<Offer> = {}): Promise<Bought> {
  const [buyer, product] = [somebody(), app.products.offer(offer)];
  const { body } = await app.place(buyer, basket([product])).expect(201);
  return { buyer, product, orderId: body.id };
}

/** An order of one piece of a product, which is paid and sold. */
export async function buyOne(app: OrderApp, offer: Partial<Offer> = {}): Promise<Bought> {
  const bought = await placeOne(app, offer);
  await app.pay(bought.buyer, bought.orderId).expect(201);
  expect(app.products.reservations.get(bought.orderId)?.status).toBe('committed');
  return bought;
}

/** An order whose first charge failed softly, and which waits for somebody to send it again. */
export async function payingOne(app: OrderApp, offer: Partial<Offer> = {}) {
  const bought = await placeOne(app, offer);
  app.provider.before = (call) => (call.method === 'PUT' ? { status: 503 } : undefined);
  const { body: payment } = await app.pay(bought.buyer, bought.orderId).expect(202);
  app.provider.before = undefined;
  return { ...bought, paymentId: payment.id as string };
}

const admin = somebody('admin');
export const statusOf = async (app: OrderApp, orderId: string): Promise<string> =>
  (await app.get(admin, `/orders/${orderId}`).expect(200)).body.status;

/** Every status that an order had, in order. */
export async function movesOf(app: OrderApp, orderId: string): Promise<string> {
  const moves = await app.database.select<{ status: string }>(
    'SELECT status FROM order_timeline WHERE order_id = :orderId ORDER BY version',
    { orderId },
  );
  return moves.map(({ status }) => status).join(' ');
}

/** The payments of an order as they are stored, oldest first. */
export async function paymentRows(app: OrderApp, orderId: string) {
  return app.database.select<{ id: string; status: string; token: string | null; attempts: number }>(
    'SELECT id, status, token, attempts FROM payments WHERE order_id = :orderId ORDER BY id',
    { orderId },
  );
}

export async function sagaOf(app: OrderApp, orderId: string) {
  const [saga] = await app.database.select<{ step: string; attempts: number; lastError: string | null }>(
    'SELECT step, attempts, last_error AS lastError FROM order_sagas WHERE order_id = :orderId',
    { orderId },
  );
  return saga!;
}

/** Nobody needs to do anything for this order, or for any, but perhaps its buyer. */
export async function untilIdle(app: OrderApp, orderId?: string): Promise<void> {
  await eventually(
    () =>
      app.database.select(
        `SELECT order_id, step, attempts, last_error FROM order_sagas WHERE step NOT IN ('nothing', 'expire')
          ${orderId === undefined ? '' : 'AND order_id = :orderId'}`,
        { orderId },
      ),
    (open) => open.length === 0,
  );
}

/** A worker goes on with whatever is due until nothing is, without the pauses between two sends of a charge. */
export async function settle(app: OrderApp, orderId?: string): Promise<void> {
  const resuming = app.resume();
  const hurrying = setInterval(() => {
    // What nobody has claimed nobody is at, unless a request is: those have had their time.
    void app.database
      .change(`UPDATE order_sagas SET due_at = NOW(3) WHERE step = 'charge' AND claimed_by IS NULL`, {})
      .catch(() => undefined);
  }, 200);
  try {
    await untilIdle(app, orderId);
  } finally {
    clearInterval(hurrying);
    await resuming.stop();
  }
}

/** Repeats, under its key, what a machine that is too busy did not come to answer in time. */
export function insist(send: () => supertest.Test): Promise<supertest.Response> {
  return eventually(
    async () => send(),
    ({ status, body }) => status !== 503 && body.code !== 'request-in-progress',
  );
}

/** Makes a key look as if its first request had died before it could keep an answer. */
export async function forgetAnswer(app: OrderApp, resourceId: string): Promise<void> {
  const changes = [
    'DELETE FROM idempotency_answers WHERE resource_id = :resourceId',
    'UPDATE idempotency_claims SET lease_until = NOW(3) - INTERVAL 1 SECOND WHERE resource_id = :resourceId',
  ];
  for (const sql of changes) expect(await app.database.change(sql, { resourceId })).toBe(1);
}
