import { randomUUID } from 'node:crypto';
import type { Attack, Family } from './declare-attack.ts';
import type { AttackGround } from './open-ground.ts';
import type { Answer } from './send.ts';
import { tell, tellAll } from './tell-answer.ts';
import { login, order, place, placeRaw } from './try-bodies.ts';

/** What a caller may set, may not set, and would like to. */
const wishes: Record<string, unknown> = {
  id: randomUUID(),
  userId: randomUUID(),
  buyerId: randomUUID(),
  sellerId: randomUUID(),
  role: 'admin',
  roles: ['admin'],
  status: 'paid',
  total: { amount: 0, currency: 'EUR' },
  emailVerified: true,
  version: 99,
  createdAt: '2020-01-01T00:00:00.000Z',
};

/** Each wish on its own, so that one which is refused hides no other. */
const wishing = (name: string, attempt: (ground: AttackGround, wish: object) => Promise<Answer>): Attack => ({
  name: `${name} with ${Object.keys(wishes).join(', ')}`,
  expected: '400',
  run: async (ground) =>
    tellAll(
      await Promise.all(Object.entries(wishes).map(([field, value]) => attempt(ground, { [field]: value }))),
    ),
});

const notText = [{ $gt: '' }, { $ne: null }, ['a'], 7, true, null];

const attacks: Attack[] = [
  {
    name: 'JSON of another type where text is meant',
    expected: '400',
    run: async (ground) =>
      tellAll(
        await Promise.all(
          notText.flatMap((value) => [
            login(ground, { email: value, password: 'x' }),
            login(ground, { email: ground.buyer.email, password: value }),
            place(ground, { note: value ?? 7 }),
          ]),
        ),
      ),
  },
  wishing('an order', (ground, wish) => place(ground, wish)),
  wishing('a registration', ({ call }, wish) => {
    const json = { email: `${randomUUID()}@example.com`, password: 'a long enough phrase', ...wish };
    return call({ method: 'POST', path: '/auth/register', json });
  }),
  wishing('a product', ({ call, seller }, wish) => {
    const json = { name: 'x', description: '', price: { amount: 1, currency: 'EUR' }, ...wish };
    return call({ method: 'POST', path: '/products', token: seller.token, json });
  }),
  wishing('an account', ({ call, buyer }, wish) =>
    call({
      method: 'PATCH',
      path: '/users/me',
      token: buyer.token,
      headers: { 'If-Match': '*' },
      json: wish,
    }),
  ),
  ...['__proto__', 'constructor', 'prototype'].map((name): Attack => ({
    name: `${name} in a body`,
    expected: 'nobody became an admin',
    async run(ground) {
      const body = JSON.stringify(order(ground)).replace(
        '{',
        `{"${name}":{"roles":["admin"],"isAdmin":true},`,
      );
      const answer = await placeRaw(ground, body);
      const users = await ground.call({ path: '/users', token: ground.buyer.token });
      if (answer.status >= 500) return tell(answer);
      return users.status === 403 ? 'nobody became an admin' : `/users answers ${tell(users)}`;
    },
  })),
  {
    name: 'quantity 0, -1, 1.5, 2^53, 1e309, "1", null',
    expected: '400',
    async run(ground) {
      const amounts = ['0', '-1', '1.5', '9007199254740992', '1e309', '"1"', 'null'];
      const bodies = amounts.map((amount) =>
        JSON.stringify(order(ground)).replace('"quantity":1', `"quantity":${amount}`),
      );
      return tellAll(await Promise.all(bodies.map((body) => placeRaw(ground, body))));
    },
  },
  {
    name: 'limit 10^9, 0, -1, 1.5, NaN, none',
    expected: '400',
    run: async ({ call }) =>
      tellAll(
        await Promise.all(
          ['1000000000', '0', '-1', '1.5', 'NaN', ''].map((limit) =>
            call({ path: `/products?limit=${limit}` }),
          ),
        ),
      ),
  },
];

export const shapes: Family = { name: 'fields and numbers', attacks };
