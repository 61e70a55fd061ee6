import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { answersByStatus, startRawReceiver, withoutStatus } from '../../testing/raw-receiver.ts';
import { createWebhookClient } from '../src/clients/webhook-client.ts';
import { eventually } from './helpers/order-app.ts';

let receiver: Awaited<ReturnType<typeof startRawReceiver>>;
beforeAll(async () => {
  receiver = await startRawReceiver();
});
afterAll(() => receiver.stop());

const post = () =>
  createWebhookClient([new URL(receiver.url).host]).post(`${receiver.url}/hook`, '{"a":1}', {
    'Content-Type': 'application/json',
  });
const closed = () =>
  eventually(
    () => Promise.resolve(receiver.open.size),
    (size) => size === 0,
  );

test.each(answersByStatus)('the status line alone decides, with %s', async (_says, expected, write) => {
  receiver.write = write;
  const startedAt = performance.now();
  expect(await post()).toBe(expected);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  await closed();
});

test.each(withoutStatus)('%s is no answer', async (_says, write) => {
  receiver.write = write;
  await expect(post()).rejects.toThrow();
  await closed();
});
