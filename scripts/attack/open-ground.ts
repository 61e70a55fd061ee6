import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Login } from '../local/secrets.ts';
import type { Inside } from './look-inside.ts';
import { readOperations } from './read-operations.ts';
import { type Answer, type ApiCall, call, parse } from './send.ts';

export interface Person extends Login {
  id: string;
  token: string;
  refreshToken: string;
}

/** What nobody may find afterwards, and what it is. */
export interface Planted {
  what: string;
  value: string;
}

/** A shop to attack, with people in it, and things that belong to one of them. */
export interface AttackGround {
  url: string;
  buyer: Person;
  stranger: Person;
  seller: Person;
  otherSeller: Person;
  admin: Pick<Person, 'token'>;
  productId: string;
  orderId: string;
  paymentId: string;
  planted: Planted[];
  /** Such as "GET /orders/{id}", as docs/openapi.json has them. */
  operations: ReadonlySet<string>;
  /** Only of a shop of our own. */
  inside: Inside | undefined;
  /** Somebody new, whose secrets are planted. */
  register: () => Promise<Person>;
  call: (request: ApiCall) => Promise<Answer>;
}

export const shipTo = { name: 'Robin Reader', line1: '1 Long Lane', city: 'Leeds', country: 'GB' };
export const freshKey = (): { 'Idempotency-Key': string } => ({ 'Idempotency-Key': randomUUID() });

const patienceMs = 20_000;

function insist<T>(answer: Answer, status: number): T {
  if (answer.status === status) return parse<T>(answer);
  throw new Error(`To begin with, ${status} was expected: ${answer.status} ${answer.text.slice(0, 300)}`);
}

const nameOperations = (): ReadonlySet<string> =>
  new Set(readOperations().map(({ method, path }) => `${method} ${path.replace('/api/v1', '')}`));

interface Pair {
  accessToken: string;
  refreshToken: string;
}

/** Registers and logs in people, and remembers each secret that they send or get. */
class People {
  readonly planted: Planted[] = [];
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async register(): Promise<Person> {
    const email = `${randomUUID()}@example.com`;
    const password = `planted ${randomBytes(12).toString('base64url')}`;
    this.planted.push({ what: 'a password', value: password });
    const json = { email, password };
    const answer = await call(this.#url, { method: 'POST', path: '/auth/register', json });
    const { user, ...pair } = insist<Pair & { user: { id: string } }>(answer, 201);
    return { id: user.id, email, password, token: pair.accessToken, refreshToken: this.#plant(pair) };
  }

  async logIn({ email, password }: Login): Promise<Pick<Person, 'token' | 'refreshToken'>> {
    const json = { email, password };
    const answer = await call(this.#url, { method: 'POST', path: '/auth/login', json });
    const pair = insist<Pair>(answer, 200);
    return { token: pair.accessToken, refreshToken: this.#plant(pair) };
  }

  async registerSeller(adminToken: string): Promise<Person> {
    const person = await this.register();
    const path = `/users/${person.id}/roles`;
    insist(
      await call(this.#url, { method: 'PUT', path, token: adminToken, json: { roles: ['seller'] } }),
      200,
    );
    return { ...person, ...(await this.logIn(person)) };
  }

  #plant({ accessToken, refreshToken }: Pair): string {
    this.planted.push({ what: 'an access token', value: accessToken });
    this.planted.push({ what: 'a refresh token', value: refreshToken });
    return refreshToken;
  }
}

/** An order that still moves would look as if an attack had changed it. */
async function awaitPaid(url: string, path: string, token: string): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const { status } = insist<{ status: string }>(await call(url, { path, token }), 200);
    if (status === 'paid') return;
    if (performance.now() > giveUpAt) throw new Error(`To begin with, a paid order was expected: ${status}`);
    await sleep(100);
  }
}

async function sell(url: string, seller: Person, buyer: Person) {
  const price = { amount: 1_999, currency: 'EUR' };
  const json = { name: 'A lamp', description: 'It lights the way.', price, initialStock: 1_000 };
  const offered = await call(url, { method: 'POST', path: '/products', token: seller.token, json });
  const { id: productId } = insist<{ id: string }>(offered, 201);
  const order = { items: [{ productId, quantity: 2 }], shipTo, payment: { method: 'card', token: 'tok_ok' } };
  const placing = { method: 'POST', path: '/orders', token: buyer.token, headers: freshKey(), json: order };
  const placed = await call(url, placing);
  // 202 of processes that have just started, and are slow to answer each other.
  const { id: orderId } = insist<{ id: string }>(placed, placed.status === 202 ? 202 : 201);
  await awaitPaid(url, `/orders/${orderId}`, buyer.token);
  const paid = await call(url, { path: `/orders/${orderId}/payments`, token: buyer.token });
  const [payment] = insist<{ items: { id: string }[] }>(paid, 200).items;
  return { productId, orderId, paymentId: payment?.id ?? '' };
}

/**
 * Opens the ground of all attacks through the door: two buyers, two sellers, a product, a paid order.
 * @param inside what a shop of our own lays open beside the door
 */
export async function openGround(
  url: string,
  adminLogin: Login,
  inside: Inside | undefined,
): Promise<AttackGround> {
  const people = new People(url);
  const admin = await people.logIn(adminLogin);
  people.planted.push({ what: 'the password of the admin', value: adminLogin.password });
  const [buyer, stranger] = [await people.register(), await people.register()];
  const seller = await people.registerSeller(admin.token);
  const otherSeller = await people.registerSeller(admin.token);
  return {
    url,
    buyer,
    stranger,
    seller,
    otherSeller,
    admin,
    ...(await sell(url, seller, buyer)),
    planted: people.planted,
    operations: nameOperations(),
    inside,
    register: () => people.register(),
    call: (request) => call(url, request),
  };
}
