import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { authenticateServices } from '@tradepost/service-kit/authenticate.ts';
import { isHold, orderIdOf } from './helpers/fake-products.ts';
import {
  basket,
  type OrderApp,
  paymentWindowMinutes,
  serviceKeys,
  shipTo,
  somebody,
  startOrderApp,
} from './helpers/order-app.ts';

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let app: OrderApp;
beforeAll(async () => {
  app = await startOrderApp();
});
afterEach(() => {
  jest.restoreAllMocks();
  app.products.before = undefined;
  app.products.after = undefined;
});
afterAll(() => app.stop());

const eur = (amount: number) => ({ amount, currency: 'EUR' });

describe('an order whose stock is held', () => {
  test('awaits its payment at the prices that the reservation froze', async () => {
    const buyer = somebody();
    const [lamp, desk] = [app.products.offer(), app.products.offer({ name: 'Desk 🪑', price: eur(20_050) })];
    const items = [
      { productId: desk.id, quantity: 2 },
      { productId: lamp.id, quantity: 3, expectedUnitPrice: eur(1999) },
    ];
    const { body, headers } = await app.place(buyer, { items, shipTo, note: 'Ring twice ✨' }).expect(201);
    expect(body).toEqual({
      id: expect.stringMatching(uuid7),
      buyerId: buyer.id,
      status: 'awaiting_payment',
      items: [
        { productId: desk.id, name: 'Desk 🪑', quantity: 2, unitPrice: eur(20_050), lineTotal: eur(40_100) },
        { productId: lamp.id, name: 'Lamp', quantity: 3, unitPrice: eur(1999), lineTotal: eur(5_997) },
      ],
      total: eur(46_097),
      shipTo,
      billTo: null,
      note: 'Ring twice ✨',
      rejection: null,
      version: 2,
      createdAt: expect.stringMatching(instant),
      updatedAt: expect.stringMatching(instant),
    });
    expect(headers.location).toBe(`/api/v1/orders/${body.id}`);
    expect(headers.etag).toBe(`"${body.version}"`);
    expect(headers['cache-control']).toBe('private, no-cache');
    expect(headers).not.toHaveProperty('idempotency-replayed');
    expect((await app.get(buyer, `/orders/${body.id}`).expect(200)).body).toEqual(body);
  });

  test('keeps its lines as they were sent, the same product twice too', async () => {
    const lamp = app.products.offer();
    const other = app.products.offer();
    const quantities = [2, 1, 5];
    const items = [lamp, other, lamp].map(({ id }, line) => ({ productId: id, quantity: quantities[line] }));
    const { body } = await app.place(somebody(), { items, shipTo }).expect(201);
    const lines = (body.items as { productId: string; quantity: number; lineTotal: object }[]).map(
      ({ productId, quantity, lineTotal }) => ({ productId, quantity, lineTotal }),
    );
    expect(lines).toEqual(items.map((item) => ({ ...item, lineTotal: eur(1999 * item.quantity!) })));
    expect(body.total).toEqual(eur(1999 * 8));
    expect(app.products.callsFor(body.id)[0]?.body).toMatchObject({ items });
    expect(lamp.available).toBe(93);
  });

  test('keeps both addresses as they were sent', async () => {
    const full = {
      name: 'Ødegård & Søn',
      line1: 'Strandgata 1',
      line2: 'c/o "Nils"',
      city: 'Tromsø',
      region: 'Troms',
      postalCode: '9008',
      country: 'NO',
      phone: '+47 12 34 56 78',
    };
    const products = [app.products.offer()];
    const { body } = await app
      .place(somebody(), basket(products, { shipTo: full, billTo: shipTo }))
      .expect(201);
    expect(body.shipTo).toEqual(full);
    expect(body.billTo).toEqual(shipTo);
    const numbers = await app.database.select(
      `SELECT JSON_VALUE(ship_to, '$.phoneE164') AS ofShipTo, JSON_VALUE(bill_to, '$.phoneE164') AS ofBillTo
         FROM orders WHERE id = :id`,
      { id: body.id },
    );
    expect(numbers).toEqual([{ ofShipTo: '+4712345678', ofBillTo: null }]);
    expect(
      (await app.place(somebody(), basket(products, { shipTo: { ...full, phone: 'none' } }))).status,
    ).toBe(400);
  });

  test('may cost nothing, and as much as Money can say', async () => {
    const free = app.products.offer({ price: eur(0) });
    const dear = app.products.offer({ price: eur(100_000_000_000) });
    expect((await app.place(somebody(), basket([free])).expect(201)).body.total).toEqual(eur(0));
    const { body } = await app.place(somebody(), basket([dear])).expect(201);
    expect(body.total).toEqual(eur(100_000_000_000));
    expect(body.items[0].lineTotal).toEqual(eur(100_000_000_000));
  });
});

describe('the request to product-service', () => {
  test('says who buys what, at which price, and when to ask about the hold', async () => {
    const buyer = somebody();
    const lamp = app.products.offer();
    const items = [
      { productId: lamp.id, quantity: 1, expectedUnitPrice: eur(1999) },
      { productId: lamp.id, quantity: 2 },
    ];
    const { body } = await app.place(buyer, { items, shipTo, note: 'private' }).expect(201);
    const [call, ...others] = app.products.callsFor(body.id);
    expect(others).toEqual([]);
    expect(call).toMatchObject({ method: 'PUT', path: `/internal/v1/reservations/${body.id}` });
    const reviewAt = new Date(Date.parse(body.createdAt) + (paymentWindowMinutes + 5) * 60_000).toISOString();
    expect(call?.body).toEqual({ buyerId: buyer.id, items, reviewAt });
  });

  test('carries a token of this service for that one, which lives a minute', async () => {
    const { body } = await app.place(somebody(), basket([app.products.offer()])).expect(201);
    const { authorization } = app.products.callsFor(body.id)[0]!.headers;
    const accept = authenticateServices(serviceKeys.publicKeysFile, 'product-service');
    expect(await accept(authorization)).toMatchObject({ id: 'order-service', roles: ['service'] });
    const [header, claims] = authorization!
      .replace('Bearer ', '')
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
    expect(header).toMatchObject({ alg: 'ES256', typ: 'service+jwt' });
    expect(claims).toMatchObject({ iss: 'order-service', aud: 'product-service' });
    expect(claims.exp - claims.iat).toBe(60);
  });

  test.each([-600_000, 600_000])(
    'is accepted by a product-service with a right clock when that of this process is off by %p ms',
    async (offsetMs) => {
      const { now } = Date;
      const accept = authenticateServices(serviceKeys.publicKeysFile, 'product-service', { now });
      app.products.before = ({ headers }) =>
        accept(headers.authorization).then(
          () => undefined,
          () => ({ status: 401, body: { code: 'unauthenticated' } }),
        );
      jest.spyOn(Date, 'now').mockImplementation(() => now() + offsetMs);
      await app.place(somebody(), basket([app.products.offer()])).expect(201);
    },
  );

  test('goes on under the id and the trace of the request', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const headers = { 'X-Request-Id': 'a-request.of_mine', traceparent };
    const answer = await app.place(somebody(), basket([app.products.offer()]), headers).expect(201);
    expect(answer.get('X-Request-Id')).toBe('a-request.of_mine');
    expect(app.products.callsFor(answer.body.id)[0]?.headers).toMatchObject({
      'x-request-id': 'a-request.of_mine',
      traceparent,
    });
  });

  test('is sent when the order is committed, and outside of every transaction', async () => {
    const seen: object[] = [];
    app.products.before = async (call) => {
      // With a pool of one, this waits in vain while a transaction is open.
      seen.push(
        ...(await app.database.select(
          `SELECT orders.status, order_sagas.step, due_at > NOW(3) AS leased FROM orders
             JOIN order_sagas ON order_id = id WHERE id = :id`,
          { id: orderIdOf(call) },
        )),
      );
    };
    const buyer = somebody();
    const { body } = await app.place(buyer, basket([app.products.offer()])).expect(201);
    await app.cancel(buyer, body.id).expect(200);
    expect(seen).toEqual([
      { status: 'pending', step: 'reserve', leased: 1 },
      { status: 'cancelled', step: 'release', leased: 1 },
    ]);
  });
});

test('an order holds once, however often product-service is asked', async () => {
  let lost = 0;
  app.products.after = (call) => (isHold(call) && lost++ === 0 ? 'reset' : undefined);
  const lamp = app.products.offer({ available: 5 });
  const { body } = await app.place(somebody(), basket([lamp])).expect(201);
  expect(app.products.callsFor(body.id)).toHaveLength(2);
  expect(lamp.available).toBe(4);
});

test('an order may have 1,000 lines', async () => {
  const products = Array.from({ length: 1000 }, () => app.products.offer({ price: eur(7) }));
  const { body } = await app.place(somebody(), basket(products)).expect(201);
  expect(body.items).toHaveLength(1000);
  expect(body.items.map(({ productId }: { productId: string }) => productId)).toEqual(
    products.map(({ id }) => id),
  );
  expect(body.total).toEqual(eur(7000));
});
