import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { basket, type OrderApp, shipTo, somebody, startOrderApp } from './helpers/order-app.ts';

let app: OrderApp;
let productId: string;
beforeAll(async () => {
  app = await startOrderApp();
  productId = app.products.offer().id;
});
afterAll(() => app.stop());

const buyer = somebody();
const line = { productId: '01890000-0000-7000-8000-000000000000', quantity: 1 };
const good = { items: [line], shipTo };
const withLine = (fields: object) => ({ ...good, items: [{ ...line, ...fields }] });
const withAddress = (fields: object) => ({ ...good, shipTo: { ...shipTo, ...fields } });
const without = (field: string) =>
  Object.fromEntries(Object.entries(good).filter(([name]) => name !== field));

/** What is wrong with a body, and where. */
const bodies: [string, object, string[]][] = [
  ['nothing', {}, ['/items', '/shipTo']],
  ['a list', [], ['']],
  ['no items', without('items'), ['/items']],
  ['no address', without('shipTo'), ['/shipTo']],
  ['items that are none', { ...good, items: 'all' }, ['/items']],
  ['0 lines', { ...good, items: [] }, ['/items']],
  ['1,001 lines', { ...good, items: Array(1001).fill(line) }, ['/items']],
  ['a line that is null', { ...good, items: [null] }, ['/items/0']],
  ['a line without its product', { ...good, items: [{ quantity: 1 }] }, ['/items/0/productId']],
  ['a product that is no id', withLine({ productId: "1' OR 1=1 --" }), ['/items/0/productId']],
  ['a product that is an object', withLine({ productId: { $ne: null } }), ['/items/0/productId']],
  ...[0, -1, 1.5, 2 ** 53, 100_001, '1', null, true].map((quantity): [string, object, string[]] => [
    `the quantity ${JSON.stringify(quantity)}`,
    withLine({ quantity }),
    ['/items/0/quantity'],
  ]),
  [
    'an expected price without a currency',
    withLine({ expectedUnitPrice: { amount: 1 } }),
    ['/items/0/expectedUnitPrice/currency'],
  ],
  [
    'an expected price that is a float',
    withLine({ expectedUnitPrice: { amount: 19.99, currency: 'EUR' } }),
    ['/items/0/expectedUnitPrice/amount'],
  ],
  [
    'an expected price below nothing',
    withLine({ expectedUnitPrice: { amount: -1, currency: 'EUR' } }),
    ['/items/0/expectedUnitPrice/amount'],
  ],
  [
    'a currency that is none',
    withLine({ expectedUnitPrice: { amount: 1, currency: 'XQQ' } }),
    ['/items/0/expectedUnitPrice/currency'],
  ],
  ['an expected price of null', withLine({ expectedUnitPrice: null }), ['/items/0/expectedUnitPrice']],
  [
    'a price that the buyer sets',
    withLine({ unitPrice: { amount: 1, currency: 'EUR' } }),
    ['/items/0/unitPrice'],
  ],
  ...['nl', 'NLD', 'UK', 'XX', 'EU', '', ' ', 'N'].map((country): [string, object, string[]] => [
    `the country ${JSON.stringify(country)}`,
    withAddress({ country }),
    ['/shipTo/country'],
  ]),
  [
    'an address without its parts',
    { ...good, shipTo: {} },
    ['/shipTo/name', '/shipTo/line1', '/shipTo/city', '/shipTo/country'],
  ],
  ['an address with more', withAddress({ planet: 'Earth' }), ['/shipTo/planet']],
  ['a blank name', withAddress({ name: ' \t' }), ['/shipTo/name']],
  ['a long name', withAddress({ name: 'x'.repeat(201) }), ['/shipTo/name']],
  ['half a character', withAddress({ city: '\ud800' }), ['/shipTo/city']],
  ...['\u200b', '\u2800', '\u3164', '\u00ad', '\ufe0f', '\u0301'].map((blank): [string, object, string[]] => [
    `nothing visible: ${JSON.stringify(blank)}`,
    {
      ...withAddress({ name: blank, line1: blank, city: blank }),
      payment: { method: 'card', token: blank },
      note: blank,
    },
    ['/shipTo/name', '/shipTo/line1', '/shipTo/city', '/payment/token', '/note'],
  ]),
  ...['\0', '\ud83e'].map((odd): [string, object, string[]] => [
    `${JSON.stringify(odd)} in its texts`,
    { ...withAddress({ line2: `a${odd}`, phone: `5${odd}` }), note: `a${odd}` },
    ['/shipTo/line2', '/shipTo/phone', '/note'],
  ]),
  [
    'an expected price in a currency that has ended',
    withLine({ expectedUnitPrice: { amount: 1, currency: 'HRK' } }),
    ['/items/0/expectedUnitPrice/currency'],
  ],
  ['a part of an address that is null', withAddress({ line2: null }), ['/shipTo/line2']],
  ['a bad second address', { ...good, billTo: { ...shipTo, city: 1 } }, ['/billTo/city']],
  ['a note of 2,001 characters', { ...good, note: 'x'.repeat(2001) }, ['/note']],
  ['an empty note', { ...good, note: '' }, ['/note']],
  ...['userId', 'buyerId', 'status', 'total', 'id', 'version', 'role', 'createdAt', 'a/b~c'].map(
    (field): [string, object, string[]] => [
      `the foreign field ${field}`,
      { ...good, [field]: '01890000-0000-7000-8000-000000000001' },
      [`/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`],
    ],
  ),
  [
    'many faults',
    { items: [line, { ...line, quantity: 0, x: 1 }, {}], shipTo: { ...shipTo, country: 'x' }, y: 1 },
    ['/items/1/quantity', '/items/1/x', '/items/2/productId', '/items/2/quantity', '/shipTo/country', '/y'],
  ],
];

describe('an order with', () => {
  test.each(bodies)(
    '%s is refused, each fault by its place, and leaves no trace',
    async (_what, sent, pointers) => {
      const before = await app.countRows();
      const { body } = await app.place(buyer, sent).expect(400);
      expect(body).toMatchObject({ code: 'validation-failed', instance: '/api/v1/orders' });
      const errors = body.errors as { pointer: string; message: string }[];
      // One place may have two faults: an empty text is too short, and blank.
      expect(new Set(errors.map(({ pointer }) => pointer))).toEqual(new Set(pointers));
      for (const { message } of errors) expect(message).not.toBe('');
      expect(await app.countRows()).toEqual(before);
      expect(app.products.calls).toEqual([]);
    },
  );

  test.each([
    ['a quantity beyond all numbers', JSON.stringify(good).replace('"quantity":1', '"quantity":1e309')],
    ['a prototype', JSON.stringify(good).replace('{', '{"__proto__":{"status":"paid"},')],
    ['no end', JSON.stringify(good).slice(0, -1)],
    [
      'bytes that are no text',
      Buffer.concat([Buffer.from('{"note":"'), Buffer.from([0xff]), Buffer.from('"}')]),
    ],
    ['10,000 lists in each other', '['.repeat(10_000) + ']'.repeat(10_000)],
  ])('%s in its JSON is refused', async (_what, text) => {
    const before = await app.countRows();
    const headers = { 'Content-Type': 'application/json' };
    const { body } = await app.place(buyer, text as unknown as object, headers).expect(400);
    expect(body.errors.length).toBeGreaterThan(0);
    expect(await app.countRows()).toEqual(before);
  });

  test.each([
    ['another media type', 415, JSON.stringify(good), 'text/plain'],
    ['more than 1 MB', 413, JSON.stringify({ ...good, note: 'x'.repeat(1_100_000) }), 'application/json'],
  ])('%s is refused', async (_what, status, text, type) => {
    const before = await app.countRows();
    await app.place(buyer, text as unknown as object, { 'Content-Type': type }).expect(status);
    expect(await app.countRows()).toEqual(before);
  });

  test('faults in body and key has them all named at once', async () => {
    const { body } = await app
      .place(buyer, withLine({ quantity: 0 }), { 'Idempotency-Key': 'x'.repeat(256) })
      .expect(400);
    expect(body.errors).toEqual([
      { pointer: '/items/0/quantity', message: expect.any(String) },
      { parameter: 'Idempotency-Key', message: expect.any(String) },
    ]);
  });

  test('a key of which nothing is visible is refused', async () => {
    // fetch writes headers as Latin-1. Node's client writes them as UTF-8 when a text follows, and then adds a visible byte.
    const headers = {
      Authorization: buyer.bearer,
      'Content-Type': 'application/json',
      'Idempotency-Key': '\u00a0',
    };
    const body = JSON.stringify(good);
    const answer = await fetch(`${app.url}/api/v1/orders`, { method: 'POST', headers, body });
    expect(answer.status).toBe(400);
    const { errors } = (await answer.json()) as { errors: unknown };
    expect(errors).toEqual([{ parameter: 'Idempotency-Key', message: expect.any(String) }]);
  });

  test('bad input but no valid token is asked for the token first', async () => {
    const before = await app.countRows();
    await app.place({ id: '', bearer: 'Bearer a.b.c' }, {}).expect(401);
    expect(await app.countRows()).toEqual(before);
  });
});

test('the limits themselves are allowed', async () => {
  await app.place(somebody(), basket([{ id: productId }])).expect(201);
  const most = { ...shipTo, name: 'ß'.repeat(200), line1: "'; DROP TABLE orders; --", country: 'GB' };
  const largest = {
    items: Array.from({ length: 1000 }, () => ({ productId, quantity: 100_000 })),
    shipTo: most,
    billTo: most,
    note: '漢'.repeat(2000),
  };
  const key = { 'Idempotency-Key': 'k'.repeat(255) };
  const { body } = await app.place(somebody(), largest, key).expect(422);
  expect(body.code).toBe('total-too-large');
  const admin = somebody('admin');
  const { body: kept } = await app.get(admin, `/orders/${body.orderId}`).expect(200);
  expect(kept).toMatchObject({ shipTo: most, billTo: most, note: '漢'.repeat(2000), status: 'rejected' });
  expect(kept.items).toHaveLength(1000);
});

describe('other requests', () => {
  test.each([
    ['an ill-formed id', '/orders/1', 'id'],
    ['an id with SQL', "/orders/'%20OR%201=1", 'id'],
    ['an unknown parameter', '/orders?buyerId=x', 'buyerId'],
    ['an unknown status', '/orders?status=lost', 'status'],
    ['a limit of 0', '/orders?limit=0', 'limit'],
    ['a limit of 101', '/orders?limit=101', 'limit'],
    ['a limit of 10^9', '/orders?limit=1000000000', 'limit'],
    ['a date without time', '/orders?from=2026-01-01', 'from'],
    ['a time that is none', '/orders?to=2026-13-01T00:00:00Z', 'to'],
    ['a cursor that is none', '/orders?cursor=abc', 'cursor'],
    ['a cursor of another list', `/orders?cursor=${Buffer.from('["a"]').toString('base64url')}`, 'cursor'],
    ['a parameter twice', '/orders?status=paid&status=pending', 'status'],
  ])('with %s are refused', async (_what, path, parameter) => {
    const { body } = await app.get(buyer, path).expect(400);
    expect(body.errors).toEqual([{ parameter, message: expect.any(String) }]);
  });

  test.each(['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00'])(
    'from the edge of all time, %s, are no fault of ours',
    async (time) => {
      for (const filter of ['from', 'to']) {
        const { status } = await app.get(buyer, `/orders?${filter}=${encodeURIComponent(time)}`);
        expect([200, 400]).toContain(status);
      }
    },
  );

  test.each([
    ['no reason', {}, ['/reason']],
    ['an empty reason', { reason: '' }, ['/reason']],
    ['a long reason', { reason: 'x'.repeat(201) }, ['/reason']],
    ['more than a reason', { reason: 'x', status: 'paid' }, ['/status']],
  ])('to cancel with %s are refused', async (_what, sent, pointers) => {
    const { body: placed } = await app.place(buyer, basket([{ id: productId }])).expect(201);
    const { body } = await app.request
      .post(`/api/v1/orders/${placed.id}/cancel`)
      .set('Authorization', buyer.bearer)
      .send(sent)
      .expect(400);
    const faults = body.errors as { pointer: string }[];
    expect(new Set(faults.map(({ pointer }) => pointer))).toEqual(new Set(pointers));
    expect((await app.get(buyer, `/orders/${placed.id}`)).body).toEqual(placed);
  });
});
