import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type OrderApp, type Replica, startOrderApp } from './helpers/order-app.ts';
import { insist, paymentRows, placeOne, settle, statusOf, untilIdle } from './helpers/order-lives.ts';

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

describe('50 payments at once, over two replicas,', () => {
  test('with one key make one payment and one answer', async () => {
    const { buyer, orderId } = await placeOne(app);
    const key = { 'Idempotency-Key': 'fifty' };
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        insist(() => replicas[index % 2]!.pay(buyer, orderId, 'tok_ok', key)),
      ),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter((answer) => answer.get('Idempotency-Replayed')).length).toBeGreaterThanOrEqual(49);
    await untilIdle(app, orderId);
    expect(await statusOf(app, orderId)).toBe('paid');
    expect(app.provider.sendsFor(orderId)).toHaveLength(1);
    expect(await paymentRows(app, orderId)).toHaveLength(1);
  });

  test('with different keys take the money once; the others are refused', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { buyer, orderId } = await placeOne(app);
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          insist(() => replicas[index % 2]!.pay(buyer, orderId, 'tok_ok', { 'Idempotency-Key': `${index}` })),
        ),
      );
      const taken = answers.filter(({ status }) => status < 300);
      expect(taken).toHaveLength(1);
      for (const { body, status } of answers)
        if (status >= 300) expect(body).toMatchObject({ status: 409, code: 'illegal-transition' });
      await settle(app, orderId);
      expect(await statusOf(app, orderId)).toBe('paid');
      expect(app.provider.capturedFor(orderId)).toBe(1);
      expect(await paymentRows(app, orderId)).toHaveLength(1);
    }
  });
});
