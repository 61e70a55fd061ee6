import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { currentContext, runInContext } from '@tradepost/service-kit/request-context.ts';
import { route } from '@tradepost/service-kit/route.ts';
import { z } from 'zod';
import { type KitApp, startKitApp } from './helpers/kit-app.ts';

let app: KitApp;
beforeAll(async () => {
  app = await startKitApp([
    route({
      method: 'get',
      path: '/context',
      summary: 'Its context',
      access: 'anyone',
      answers: { 200: z.looseObject({}) },
      handle: async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
        return { status: 200, body: { ...currentContext() } };
      },
    }),
  ]);
});
afterAll(() => app.close());

test.each(['a', 'A.b_c-9', 'x'.repeat(128)])('keeps the well-formed id %.20s', async (requestId) => {
  const answer = await app.request.get('/context').set('X-Request-Id', requestId).expect(200);
  expect(answer.get('X-Request-Id')).toBe(requestId);
  expect(answer.body.requestId).toBe(requestId);
});

test.each(['', 'x'.repeat(129), 'a b', 'a/b', 'a"b', '<script>', 'ä'])(
  'makes one for %p',
  async (requestId) => {
    const answer = await app.request.get('/context').set('X-Request-Id', requestId).expect(200);
    expect(answer.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.body.requestId).toBe(answer.get('X-Request-Id'));
  },
);

test('keeps the ids of requests at once apart, and their traces', async () => {
  const ids = Array.from({ length: 50 }, (_, index) => `request-${index}`);
  const answers = await Promise.all(
    ids.map((id) => app.request.get('/context').set({ 'X-Request-Id': id, traceparent: `00-${id}` })),
  );
  expect(answers.map(({ body }) => body)).toMatchObject(
    ids.map((requestId) => ({ requestId, traceparent: `00-${requestId}` })),
  );
});

test('gives an id also to work that no request asked for', () => {
  const seen = [1, 2].map(() => runInContext(() => currentContext()?.requestId));
  expect(seen[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(seen[1]).not.toBe(seen[0]);
  expect(currentContext()).toBeUndefined();
});
