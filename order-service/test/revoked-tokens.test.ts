import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readSigningKey, serviceAuthorization } from '@tradepost/service-kit/authenticate.ts';
import { v7 as uuidv7 } from 'uuid';
import {
  accountChanged,
  authenticateWithRevocations,
  bearerIssuedAt,
} from '../../testing/revocable-tokens.ts';
import { publicRoutes } from '../src/routes.ts';
import { basket, eventually, type OrderApp, serviceKeys, startOrderApp } from './helpers/order-app.ts';

let app: OrderApp;
beforeAll(async () => {
  app = await startOrderApp({ authenticate: authenticateWithRevocations });
});
afterAll(() => app.stop());

const takenAt = Math.floor(Date.now() / 1_000);
const authKey = readSigningKey(serviceKeys.keyFile('auth-service'));
const authorization = serviceAuthorization(authKey, 'auth-service', 'order-service');
const before = (id: string) =>
  bearerIssuedAt({ id, roles: ['customer', 'seller', 'admin'], issuedAt: takenAt });
const after = (id: string) =>
  bearerIssuedAt({ id, roles: ['customer', 'seller', 'admin'], issuedAt: takenAt + 1 });
const tell = (...events: object[]) =>
  app.internal.post('/internal/v1/events').set('Authorization', authorization()).send(events).expect(204);

const routes = Object.values(publicRoutes({} as never))
  .flat()
  .filter(({ access }) => access !== 'anyone');

/** What a route answers before it parses anything: a token that counts is let in, and gets 400. */
async function probe(bearer: string): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  for (const { method, path } of routes) {
    const probed = `/api/v1${path.replaceAll(/\{\w+\}/g, 'no-id')}?unknown=1`;
    const { status } = await app.request[method](probed)
      .set('Authorization', bearer)
      .send(method === 'get' ? undefined : {});
    answers[`${method} ${path}`] = status;
  }
  return answers;
}

const all = (status: number): Record<string, number> =>
  Object.fromEntries(routes.map(({ method, path }) => [`${method} ${path}`, status]));
const statusOf = async (bearer: string): Promise<number> =>
  (await app.request.get('/api/v1/orders').set('Authorization', bearer)).status;

it('refuses on every route, within 5 s, a token that was issued before a role was taken or the account deleted', async () => {
  const [admin, deleted] = [uuidv7(), uuidv7()];
  for (const id of [admin, deleted]) expect(await probe(before(id))).toEqual(all(400));
  await tell(
    accountChanged({ accountId: admin, sequence: 2, tokensValidAfter: takenAt }),
    accountChanged({ accountId: deleted, sequence: 2 }),
  );
  const toldAt = performance.now();
  await eventually(
    () => statusOf(before(admin)),
    (status) => status === 401,
  );
  expect(performance.now() - toldAt).toBeLessThan(5_000);
  for (const id of [admin, deleted]) expect(await probe(before(id))).toEqual(all(401));
  expect(await probe(after(admin))).toEqual(all(400));
  expect(await probe(before(uuidv7()))).toEqual(all(400));
});

it('ends an open stream of events of an account that is disabled', async () => {
  const [buyer, other] = [uuidv7(), uuidv7()].map((id) => ({ id, bearer: before(id) }));
  const open = async (by: { id: string; bearer: string }): Promise<IncomingMessage> => {
    const placed = await app.place(by, basket([app.products.offer()])).expect(201);
    const headers = { Authorization: by.bearer };
    const request = get(`${app.url}/api/v1/orders/${placed.body.id}/events`, { headers });
    const [stream] = (await once(request, 'response')) as [IncomingMessage];
    stream.resume();
    return stream;
  };
  const [ending, staying] = [await open(buyer!), await open(other!)];
  await tell(accountChanged({ accountId: buyer!.id, sequence: 2, tokensValidAfter: takenAt }));
  await once(ending, 'end', { signal: AbortSignal.timeout(5_000) });
  expect(staying.readableEnded).toBe(false);
  staying.destroy();
});
