import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  accountChanged,
  authenticateWithRevocations,
  bearerIssuedAt,
} from '../../testing/revocable-tokens.ts';
import { publicRoutes } from '../src/app.ts';
import { type ProductApp, startProductApp } from './helpers/product-app.ts';

let app: ProductApp;
beforeAll(async () => {
  app = await startProductApp(authenticateWithRevocations);
});
afterAll(() => app.stop());

const seconds = (): number => Math.floor(Date.now() / 1_000);
const takenAt = seconds();
const seller = uuidv7();
const deleted = uuidv7();
const before = (id: string) => bearerIssuedAt({ id, roles: ['customer', 'seller'], issuedAt: takenAt });
const after = (id: string) => bearerIssuedAt({ id, roles: ['customer', 'seller'], issuedAt: takenAt + 1 });

const routes = Object.values(publicRoutes({} as never))
  .flat()
  .filter(({ access }) => access !== 'anyone');

/** What a route answers before it parses anything: a token that counts is let in, and gets 400. */
async function probe(bearer: string): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  for (const { method, path } of routes) {
    const { status } = await app.request[method](`/api/v1${path.replace('{id}', 'no-id')}?unknown=1`)
      .set('Authorization', bearer)
      .send(method === 'get' ? undefined : {});
    answers[`${method} ${path}`] = status;
  }
  return answers;
}

const all = (status: number): Record<string, number> =>
  Object.fromEntries(routes.map(({ method, path }) => [`${method} ${path}`, status]));

/** Until a route with a token of the account answers so. */
async function awaitStatus(bearer: string, status: number): Promise<void> {
  const giveUpAt = performance.now() + 5_000;
  for (;;) {
    const answer = await app.request.get('/api/v1/products').set('Authorization', bearer);
    if (answer.status === status) return;
    if (performance.now() > giveUpAt) throw new Error(`Still ${answer.status} after 5 s.`);
    await sleep(50);
  }
}

it('refuses on every route, within 5 s, a token that was issued before a role was taken or the account deleted', async () => {
  for (const id of [seller, deleted]) expect(await probe(before(id))).toEqual(all(400));
  await app.internal
    .post('/internal/v1/events')
    .set('Authorization', app.serviceBearer)
    .send([
      accountChanged({ accountId: seller, sequence: 2, tokensValidAfter: takenAt }),
      accountChanged({ accountId: deleted, sequence: 2 }),
    ])
    .expect(204);
  await awaitStatus(before(seller), 401);
  for (const id of [seller, deleted]) expect(await probe(before(id))).toEqual(all(401));
});

it('lets in a token that was issued after a role was taken, and those of other accounts', async () => {
  expect(await probe(after(seller))).toEqual(all(400));
  expect(await probe(before(uuidv7()))).toEqual(all(400));
});
