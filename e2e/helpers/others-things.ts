import type { Login } from '../../scripts/local/secrets.ts';
import { type Person, type Product, type Shop, shipTo } from './shop.ts';

/** Things that belong to a buyer and a seller, and two people to whom they do not. */
export interface OthersThings {
  buyer: Person;
  seller: Person;
  stranger: Person;
  otherSeller: Person;
  product: Product;
  orderId: string;
  paymentId: string;
  addressId: string;
  sessionId: string;
  /** What the owners see: nobody else may change it. */
  look(): Promise<unknown>;
}

export interface OthersRow {
  by: 'stranger' | 'otherSeller';
  path: (things: OthersThings) => string;
  body?: (things: OthersThings) => unknown;
  /** Status and code; no code where somebody else may read it. */
  expected: [status: number, code: string | undefined];
}

const gone: OthersRow['expected'] = [404, 'not-found'];
/** A product is there for everybody to see; that it is not yours may be told. */
const notYours: OthersRow['expected'] = [403, 'not-owner'];
const forAll: OthersRow['expected'] = [200, undefined];

const reason = 'because I say so';
const productBody = { name: 'mine', description: '', price: { amount: 1, currency: 'EUR' } };
const order = (rest: string) => (things: OthersThings) => `/orders/${things.orderId}${rest}`;
const product = (rest: string) => (things: OthersThings) => `/products/${things.product.id}${rest}`;
const payment = (rest: string) => (things: OthersThings) => `/payments/${things.paymentId}${rest}`;
const address = ({ addressId }: OthersThings): string => `/users/me/addresses/${addressId}`;

const byStranger = (path: OthersRow['path'], body?: unknown, expected = gone): OthersRow => ({
  by: 'stranger',
  path,
  expected,
  ...(body !== undefined && { body: () => body }),
});
const bySeller = (path: OthersRow['path'], body?: unknown, expected = notYours): OthersRow => ({
  ...byStranger(path, body, expected),
  by: 'otherSeller',
});

/** Whoever adds a route with an id says here what somebody else gets. */
const table: Record<string, OthersRow> = {
  'GET /users/{id}': byStranger(({ buyer }) => `/users/${buyer.id}`),
  'DELETE /auth/sessions/{id}': byStranger(({ sessionId }) => `/auth/sessions/${sessionId}`),
  'GET /users/me/addresses/{id}': byStranger(address),
  'PUT /users/me/addresses/{id}': byStranger(address, shipTo),
  'DELETE /users/me/addresses/{id}': byStranger(address),
  // An admin made them a seller: without a profile there is no public page.
  'GET /sellers/{id}': byStranger(({ seller }) => `/sellers/${seller.id}`),

  'GET /products/{id}': byStranger(product(''), undefined, forAll),
  'GET /products/{id}/inventory': byStranger(product('/inventory'), undefined, forAll),
  'PUT /products/{id}': bySeller(product(''), productBody),
  'PATCH /products/{id}': bySeller(product(''), { name: 'mine' }),
  'DELETE /products/{id}': bySeller(product('')),
  'POST /products/{id}/restore': bySeller(product('/restore')),
  'GET /products/{id}/inventory/ledger': bySeller(product('/inventory/ledger')),
  'POST /products/{id}/inventory/adjustments': bySeller(product('/inventory/adjustments'), {
    delta: -1,
    reason,
  }),

  'GET /orders/{id}': byStranger(order('')),
  'GET /orders/{id}/timeline': byStranger(order('/timeline')),
  'GET /orders/{id}/events': byStranger(order('/events')),
  'POST /orders/{id}/cancel': byStranger(order('/cancel'), { reason }),
  'GET /orders/{id}/payments': byStranger(order('/payments')),
  'POST /orders/{id}/payments': byStranger(order('/payments'), { method: 'card', token: 'tok_ok' }),
  'GET /orders/{id}/refunds': bySeller(order('/refunds'), undefined, gone),
  'POST /orders/{id}/refunds': bySeller(
    order('/refunds'),
    { amount: { amount: 1, currency: 'EUR' }, reason },
    gone,
  ),
  'GET /payments/{id}': byStranger(payment('')),
  'POST /payments/{id}/inquiry': byStranger(payment('/inquiry')),
};

export const rowFor = (name: string): OthersRow | undefined => table[name];

async function makeAddress(shop: Shop, { token }: Person): Promise<string> {
  const made = await shop.call<{ id: string }>('POST', '/users/me/addresses', { token, body: shipTo });
  return made.body.id;
}

async function findSession(shop: Shop, { token }: Person): Promise<string> {
  const { body } = await shop.call<{ items: { id: string }[] }>('GET', '/auth/sessions', { token });
  return body.items[0]?.id ?? '';
}

/** Makes one of each thing that has an owner. */
export async function openOthersThings(shop: Shop, admin: Login): Promise<OthersThings> {
  const [buyer, stranger] = [await shop.register(), await shop.register()];
  const [seller, otherSeller] = [await shop.registerSeller(admin), await shop.registerSeller(admin)];
  const offered = await shop.offer(seller, 100);
  const { body: bought } = await shop.buy(buyer, [[offered, 2]]);
  // At rest, so that whatever changes later was changed by somebody.
  await shop.awaitStatus(buyer, bought.id, 'paid');
  const [paid] = await shop.payments(buyer, bought.id);
  const addressId = await makeAddress(shop, buyer);
  const paths = ['/users/me', `/orders/${bought.id}`, `/orders/${bought.id}/payments`];
  return {
    buyer,
    seller,
    stranger,
    otherSeller,
    product: offered,
    orderId: bought.id,
    paymentId: paid?.id ?? '',
    addressId,
    sessionId: await findSession(shop, buyer),
    async look() {
      const own = paths.map((path) => shop.call('GET', path, { token: buyer.token }));
      const sold = await shop.call('GET', `/products/${offered.id}`, { token: seller.token });
      return [...(await Promise.all(own)), sold].map(({ body }) => body);
    },
  };
}
