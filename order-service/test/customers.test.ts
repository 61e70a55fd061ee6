import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readSigningKey, serviceAuthorization } from '@tradepost/service-kit/authenticate.ts';
import { v7 as uuidv7 } from 'uuid';
import { type OrderApp, serviceKeys, startOrderApp } from './helpers/order-app.ts';

let app: OrderApp;
let customerId: string;
const authorization = serviceAuthorization(
  readSigningKey(serviceKeys.keyFile('auth-service')),
  'auth-service',
  'order-service',
);

beforeAll(async () => {
  app = await startOrderApp({ poolSize: 4 });
});
beforeEach(() => {
  customerId = uuidv7();
});
afterAll(() => app.stop());

type Told = Record<string, unknown>;

function eventOf(type: string, sequence: number, data: Told = {}): object {
  return {
    specversion: '1.0',
    id: uuidv7(),
    source: '/auth-service/customers',
    type: `customer.${type}`,
    subject: customerId,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    partitionkey: customerId,
    sequence,
    data: { customerId, ...data },
  };
}

const history = (): object[] => [
  eventOf('created', 1, { email: 'ada@example.com', displayName: 'Ada' }),
  eventOf('changed', 2, { changedFields: ['displayName'], displayName: 'Ada L.' }),
  eventOf('changed', 3, { changedFields: ['phone'] }),
  eventOf('changed', 4, { changedFields: ['displayName'], displayName: null }),
];

const tell = (...events: object[]) =>
  app.internal.post('/internal/v1/events').set('Authorization', authorization()).send(events);

async function readReplica(): Promise<object | undefined> {
  const [row] = await app.database.select<{ display_name: string | null; email: string | null }>(
    'SELECT display_name, email FROM customers WHERE id = :customerId',
    { customerId },
  );
  return row;
}

test('a replica of each customer follows what auth-service tells', async () => {
  await tell(...history().slice(0, 2)).expect(204);
  expect(await readReplica()).toEqual({ display_name: 'Ada L.', email: 'ada@example.com' });
  await tell(...history().slice(2)).expect(204);
  expect(await readReplica()).toEqual({ display_name: null, email: 'ada@example.com' });
});

test.each([
  ['five times and reversed', (events: object[]) => Array(5).fill(events.toReversed()).flat()],
  ['reversed, one by one', (events: object[]) => events.toReversed()],
  ['in no order', (events: object[]) => [2, 0, 3, 1].map((index) => events[index])],
])('events told %s leave the state of the ordered single telling', async (_how, arrange) => {
  const told = arrange(history()) as object[];
  for (const event of told) await tell(event).expect(204);
  expect(await readReplica()).toEqual({ display_name: null, email: 'ada@example.com' });
});

test('who has deleted their account is forgotten, and nothing late brings them back', async () => {
  const events = history();
  await tell(...events.slice(0, 2)).expect(204);
  await tell(eventOf('deleted', 5)).expect(204);
  expect(await readReplica()).toEqual({ display_name: null, email: null });
  await tell(...events.slice(2), eventOf('changed', 6, { displayName: 'Ghost' })).expect(204);
  expect(await readReplica()).toEqual({ display_name: null, email: null });
});

test('a deletion that comes first forgets what comes after it', async () => {
  await tell(eventOf('deleted', 5)).expect(204);
  await tell(...history()).expect(204);
  expect(await readReplica()).toEqual({ display_name: null, email: null });
});

test('only other services may tell', async () => {
  await app.internal.post('/internal/v1/events').send([]).expect(401);
  await tell({ id: 'nothing' }).expect(400);
});
