import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type OrderApp, type Replica, somebody, startOrderApp } from './helpers/order-app.ts';
import { buyOne, insist, settle, statusOf } from './helpers/order-lives.ts';

/** Hundreds of requests at once take their time on a machine that has other things to do. */
jest.setTimeout(120_000);

let app: OrderApp;
let replicas: Replica[];
beforeAll(async () => {
  app = await startOrderApp({ poolSize: 10 });
  replicas = [app, await app.startReplica()];
});
afterAll(async () => {
  await replicas[1]?.close();
  await app.stop();
});

const admin = somebody('admin');
const price = (amount: number) => ({ price: { amount, currency: 'EUR' } });

test('20 refunds at once of more than there is give back what is accepted, and never more than was paid', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { orderId, product } = await buyOne(app, { ...price(1000), available: 1 });
    const amounts = Array.from({ length: 20 }, () => 1 + Math.floor(Math.random() * 20) * 10);
    const answers = await Promise.all(
      amounts.map((amount, index) =>
        insist(() => replicas[index % 2]!.refund(admin, orderId, amount, { 'Idempotency-Key': `${index}` })),
      ),
    );
    await settle(app, orderId);
    const accepted: number[] = [];
    for (const { status, body } of answers) {
      expect([201, 202, 409]).toContain(status);
      if (status === 409) expect(['exceeds-captured', 'illegal-transition']).toContain(body.code);
      else accepted.push(body.amount.amount);
    }
    const sum = accepted.reduce((total, amount) => total + amount, 0);
    expect(sum).toBeLessThanOrEqual(1000);
    expect(app.provider.refundedFor(orderId)).toBe(sum);
    expect(await statusOf(app, orderId)).toBe(sum === 1000 ? 'refunded' : 'paid');
    expect(product.available).toBe(sum === 1000 ? 1 : 0);
  }
});

test('20 refunds at once of a tenth each give back all, and the goods once', async () => {
  const { orderId, product } = await buyOne(app, { ...price(1000), available: 1 });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      insist(() => replicas[index % 2]!.refund(admin, orderId, 100, { 'Idempotency-Key': `${index}` })),
    ),
  );
  await settle(app, orderId);
  expect(answers.filter(({ status }) => status < 300)).toHaveLength(10);
  expect(app.provider.refundedFor(orderId)).toBe(1000);
  expect(await statusOf(app, orderId)).toBe('refunded');
  expect(product.available).toBe(1);
});

test('one key 20 times at once makes one refund', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { orderId } = await buyOne(app, price(1000));
    const key = { 'Idempotency-Key': `twenty-${round}` };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        insist(() => replicas[index % 2]!.refund(admin, orderId, 50, key)),
      ),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    await settle(app, orderId);
    expect(app.provider.refundedFor(orderId)).toBe(50);
  }
});
