import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { basket, eventually, type OrderApp, somebody, startOrderApp } from './helpers/order-app.ts';
import { statusOf } from './helpers/order-lives.ts';

let app: OrderApp;
beforeAll(async () => {
  app = await startOrderApp({ poolSize: 3 });
});
afterAll(() => app.stop());

async function pending(): Promise<string> {
  app.products.goAway();
  const { body } = await app.place(somebody(), basket([app.products.offer()])).expect(202);
  app.products.comeBack();
  return body.id;
}

test('an order whose row somebody has locked, and never lets go, holds up no other', async () => {
  const [locked, free] = [await pending(), await pending()];
  const forgotten = await app.database.sequelize.transaction();
  const lock = 'SELECT 1 FROM order_sagas WHERE order_id = :locked FOR UPDATE';
  await app.makeDue();
  await app.database.select(lock, { locked }, forgotten);
  const resuming = app.resume();
  const held = (status: string): boolean => status === 'awaiting_payment';
  await eventually(() => statusOf(app, free), held);
  expect(await statusOf(app, locked)).toBe('pending');
  await forgotten.rollback();
  await eventually(() => statusOf(app, locked), held);
  await resuming.stop();
});

test('a connection that is silent for longer than the pool keeps one is closed by the server, and its locks end', async () => {
  const [row] = await app.database.select<{ seconds: number }>('SELECT @@SESSION.wait_timeout AS seconds');
  expect(Number(row?.seconds)).toBe(90);
});
