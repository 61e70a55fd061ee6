import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type OrderApp, startOrderApp } from './helpers/order-app.ts';
import { insist, placeOne } from './helpers/order-lives.ts';

jest.setTimeout(120_000);

let app: OrderApp;
const leaving = new AbortController();
beforeAll(async () => {
  app = await startOrderApp({ poolSize: 10 });
});
afterAll(async () => {
  leaving.abort();
  await app.stop();
});

test('whoever follows an order takes nobody the place of a request at work', async () => {
  const { buyer, orderId } = await placeOne(app);
  const follow = () =>
    fetch(`${app.url}/api/v1/orders/${orderId}/events`, {
      headers: { Authorization: buyer.bearer },
      signal: leaving.signal,
    });
  // Kept, because fetch hangs up on an answer that nobody holds any more.
  const following: Response[] = [];
  for (let count = 0; count < 60 && following.length <= 400; count += 1) {
    const answers = await Promise.all(Array.from({ length: 10 }, follow));
    following.push(...answers.filter(({ status }) => status === 200));
  }
  // A service that is merely busy answers in the end.
  expect((await insist(() => app.get(buyer, `/orders/${orderId}`))).status).toBe(200);
  expect(following.length).toBeGreaterThan(400);
});
