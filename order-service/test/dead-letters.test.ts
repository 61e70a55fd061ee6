import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHttpClient } from '@tradepost/service-kit/http-client.ts';
import { silentLogger } from '@tradepost/service-kit/testing.ts';
import { v7 as uuidv7 } from 'uuid';
import { startFakeUpstream } from '../../testing/fake-upstream.ts';
import { createDeadLetterClient } from '../src/clients/dead-letter-client.ts';
import { replayHeld } from '../src/dead-letters/replay-held.ts';
import { listenWith } from '../src/listener.ts';
import { type OrderApp, somebody, startOrderApp } from './helpers/order-app.ts';

let app: OrderApp;
beforeAll(async () => {
  // Nobody is there but order-service.
  app = await startOrderApp();
});
afterAll(() => app.stop());

const admin = somebody('admin');

test('cannot all be listed while another service is away, but one\u2019s own', async () => {
  const { body, headers } = await app.get(admin, '/dead-letters').expect(503);
  expect(body.code).toBe('unavailable');
  expect(headers['retry-after']).toBe('1');
  await app.get(admin, '/dead-letters?service=order-service').expect(200);
});

test('one that nobody has may be with whoever is away', async () => {
  await app.request
    .post(`/api/v1/dead-letters/${uuidv7()}/replay`)
    .set('Authorization', admin.bearer)
    .expect(503);
});

test('are replayed by the service that holds them while another one is away', async () => {
  const letter = { id: uuidv7(), type: 'tradepost.thing.changed.v1' };
  const holder = await startFakeUpstream(() => ({ status: 200, body: letter }));
  const deadLetters = createDeadLetterClient({
    'auth-service': createHttpClient(['http://127.0.0.1:1'], { maxRetries: 0 }),
    'product-service': createHttpClient([holder.url], { maxRetries: 0 }),
  });
  const { database } = app;
  const listener = listenWith({ database }, { EVENT_SINKS: ['http'] });
  const replayed = await replayHeld(
    { database, listener, logger: silentLogger, deadLetters },
    { letterId: letter.id },
  );
  expect(replayed).toEqual({ ...letter, service: 'product-service' });
  expect(holder.calls.map(({ path }) => path)).toEqual([`/internal/v1/dead-letters/${letter.id}/replay`]);
  await holder.stop();
});
