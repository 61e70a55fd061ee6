import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkedFetch } from '../../testing/checked-fetch.ts';

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
  text: string;
}

export interface Person {
  id: string;
  email: string;
  token: string;
}

export interface Product {
  id: string;
  name: string;
  version: number;
}

export interface Order {
  id: string;
  status: string;
  code?: string;
  orderId?: string;
  items: { productId: string; quantity: number; unitPrice: { amount: number } | null }[];
  total: { amount: number; currency: string } | null;
}

export interface Payment {
  id: string;
  orderId: string;
  status: string;
  declineCode: string | null;
  attempts: number;
  code?: string;
}

export interface Inventory {
  available: number;
  onHand: number;
  reserved: number;
}

interface Call {
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export const shipTo = { name: 'Robin Reader', line1: '1 Long Lane', city: 'Leeds', country: 'GB' };
const password = 'a password for tests';
const restingStates = new Set([
  'awaiting_payment',
  'paid',
  'rejected',
  'cancelled',
  'payment_failed',
  'refunded',
]);

/** A client of the shop, through Nginx, whose every answer is compared with the OpenAPI document. */
export class Shop {
  readonly url: string;

  constructor(url: string) {
    this.url = `${url}/api/v1`;
  }

  async call<Body>(
    method: string,
    path: string,
    { token, body, headers = {} }: Call = {},
  ): Promise<Answer<Body>> {
    const answer = await checkedFetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: JSON.parse(text || 'null') as Body, text };
  }

  async register(): Promise<Person> {
    const email = `${randomUUID()}@example.com`;
    const { status, body } = await this.#untilTaken(() =>
      this.call<{ user: { id: string }; accessToken: string }>('POST', '/auth/register', {
        body: { email, password },
      }),
    );
    if (status !== 201) throw new Error(`registration answered ${status}`);
    return { id: body.user.id, email, token: body.accessToken };
  }

  async logIn(email: string, secret = password): Promise<string> {
    const { body } = await this.#untilTaken(() =>
      this.call<{ accessToken: string }>('POST', '/auth/login', { body: { email, password: secret } }),
    );
    return body.accessToken;
  }

  /** A new person whom the admin makes a seller. */
  async registerSeller(admin: { email: string; password: string }): Promise<Person> {
    const person = await this.register();
    const token = await this.logIn(admin.email, admin.password);
    await this.call('PUT', `/users/${person.id}/roles`, { token, body: { roles: ['seller'] } });
    return { ...person, token: await this.logIn(person.email) };
  }

  async offer(seller: Person, initialStock: number, amount = 1999): Promise<Product> {
    const body = {
      name: 'A lamp',
      description: 'It lights the way.',
      price: { amount, currency: 'EUR' },
      initialStock,
    };
    const answer = await this.call<Product>('POST', '/products', { token: seller.token, body });
    if (answer.status !== 201)
      throw new Error(`offering a product answered ${answer.status}: ${answer.text}`);
    return answer.body;
  }

  /** Places an order; however often it is sent, it is one. */
  async order(buyer: Person, items: [Product, number][], key: string = randomUUID()): Promise<Answer<Order>> {
    return this.#untilTaken(() =>
      this.call<Order>('POST', '/orders', {
        token: buyer.token,
        headers: { 'Idempotency-Key': key },
        body: { items: items.map(([{ id }, quantity]) => ({ productId: id, quantity })), shipTo },
      }),
    );
  }

  /** When load is shed, comes again after the time it is told, as a client should. */
  async #untilTaken<Body>(ask: () => Promise<Answer<Body>>): Promise<Answer<Body>> {
    for (;;) {
      const answer = await ask();
      if (answer.status !== 503) return answer;
      await sleep(Number(answer.headers.get('retry-after')) * 1000);
    }
  }

  async readOrder(buyer: Person, orderId: string): Promise<Order> {
    return (await this.call<Order>('GET', `/orders/${orderId}`, { token: buyer.token })).body;
  }

  /** Places an order and pays it in one request; however often it is sent, it is one. */
  async buy(
    buyer: Person,
    items: [Product, number][],
    { token = 'tok_ok', key = randomUUID() }: { token?: string; key?: string } = {},
  ): Promise<Answer<Order>> {
    return this.#untilTaken(() =>
      this.call<Order>('POST', '/orders', {
        token: buyer.token,
        headers: { 'Idempotency-Key': key },
        body: {
          items: items.map(([{ id }, quantity]) => ({ productId: id, quantity })),
          shipTo,
          payment: { method: 'card', token },
        },
      }),
    );
  }

  async pay(
    buyer: Person,
    orderId: string,
    token: string,
    key: string = randomUUID(),
  ): Promise<Answer<Payment>> {
    return this.#untilTaken(() =>
      this.call<Payment>('POST', `/orders/${orderId}/payments`, {
        token: buyer.token,
        headers: { 'Idempotency-Key': key },
        body: { method: 'card', token },
      }),
    );
  }

  async payments(buyer: Person, orderId: string): Promise<Payment[]> {
    const path = `/orders/${orderId}/payments`;
    return (await this.call<{ items: Payment[] }>('GET', path, { token: buyer.token })).body.items;
  }

  /** Follows an order until it has a status. */
  async awaitStatus(buyer: Person, orderId: string, status: string, withinMs = 30_000): Promise<Order> {
    const giveUpAt = performance.now() + withinMs;
    for (;;) {
      const order = await this.readOrder(buyer, orderId);
      if (order.status === status) return order;
      if (performance.now() > giveUpAt) throw new Error(`order ${orderId} is ${order.status}, not ${status}`);
      await sleep(100);
    }
  }

  /** Follows an order until nothing but its buyer can move it. */
  async awaitRest(buyer: Person, orderId: string, withinMs = 30_000): Promise<Order> {
    const giveUpAt = performance.now() + withinMs;
    for (;;) {
      const order = await this.readOrder(buyer, orderId);
      if (restingStates.has(order.status)) return order;
      if (performance.now() > giveUpAt) throw new Error(`order ${orderId} is still ${order.status}`);
      await sleep(100);
    }
  }

  /** The stock of a product once it is as hoped for, or after a while: what is paid or given back moves a moment later. */
  async awaitStock(
    seller: Person,
    product: Product,
    hoped: { available: number; onHand: number },
  ): Promise<Inventory> {
    const giveUpAt = performance.now() + 30_000;
    for (;;) {
      const inventory = await this.inventory(seller, product);
      const isThere = inventory.onHand === hoped.onHand && inventory.available === hoped.available;
      if (isThere || performance.now() > giveUpAt) return inventory;
      await sleep(100);
    }
  }

  async inventory(seller: Person, product: Product): Promise<Inventory> {
    return (await this.call<Inventory>('GET', `/products/${product.id}/inventory`, { token: seller.token }))
      .body;
  }
}

/** What a placement came to, at rest: its status when it was taken, or the code of its refusal. */
export async function outcomeOf(shop: Shop, buyer: Person, placed: Answer<Order>): Promise<string> {
  if (placed.status === 202) return (await shop.awaitRest(buyer, placed.body.id)).status;
  return placed.body.code ?? placed.body.status;
}

/** How often each value occurs. */
export function tally(values: readonly (string | number)[]): Record<string, number> {
  const groups = Object.entries(Object.groupBy(values, (value) => value));
  return Object.fromEntries(groups.map(([value, all]) => [value, all?.length ?? 0]));
}

/** Starts all at the same moment. */
export function together<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_unused, index) => work(index)));
}
