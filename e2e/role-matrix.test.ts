import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { lookInside } from '../scripts/attack/look-inside.ts';
import { declaredRoutes, nameOf, rolesOf } from './helpers/declared-routes.ts';
import { type OthersThings, openOthersThings, rowFor } from './helpers/others-things.ts';
import { runStack, type TestStack } from './helpers/run-stack.ts';
import { type Answer, Shop } from './helpers/shop.ts';

type Route = (typeof declaredRoutes)[number];

const callers = ['anonymous', 'customer', 'seller', 'other seller', 'admin', 'service'] as const;
type CallerKind = (typeof callers)[number];

const rolesHeld: Record<CallerKind, readonly string[]> = {
  anonymous: [],
  customer: ['customer'],
  seller: ['customer', 'seller'],
  'other seller': ['customer', 'seller'],
  admin: ['customer', 'admin'],
  service: [],
};

let stack: TestStack;
let shop: Shop;
let things: OthersThings;
let tokens: Record<CallerKind, () => string | undefined>;

beforeAll(async () => {
  stack = await runStack();
  shop = new Shop(stack.url);
  things = await openOthersThings(shop, stack.admin);
  const { serviceToken } = await lookInside(stack);
  const admin = await shop.logIn(stack.admin.email, stack.admin.password);
  tokens = {
    anonymous: () => undefined,
    customer: () => things.stranger.token,
    seller: () => things.seller.token,
    'other seller': () => things.otherSeller.token,
    admin: () => admin,
    // A new one each time: it lives for a minute.
    service: () => serviceToken('order-service'),
  };
});
afterAll(() => stack.remove());

type Verdict = 'let in' | '401' | '403';

/** What the declaration of a route says about a caller. */
function expectedFor(route: Route, caller: CallerKind): Verdict {
  const { access } = route;
  if (access === 'anyone') return 'let in';
  if (caller === 'anonymous') return access === 'optional' ? 'let in' : '401';
  // The token of a service is none of a person, wherever a token is read.
  if (caller === 'service') return '401';
  const needed = rolesOf(route);
  return needed.length === 0 || needed.some((role) => rolesHeld[caller].includes(role)) ? 'let in' : '403';
}

/**
 * Who may not come in is refused before anything is parsed; who may, gets 400, because no route knows this parameter
 * (nor, where there is one, this id). So nothing is changed, whatever the route would do.
 */
async function tryRoute(route: Route, token: string | undefined): Promise<string> {
  const path = route.path.replaceAll(/\{\w+\}/g, 'no-id');
  const answer = await shop.call<{ code: string }>(route.method.toUpperCase(), `${path}?unknown=1`, {
    ...(token !== undefined && { token }),
    ...(route.body && { body: {} }),
    headers: { 'Idempotency-Key': randomUUID(), 'If-Match': '"1"' },
  });
  if (answer.status === 400 && answer.body.code === 'validation-failed') return 'let in';
  if (answer.status === 401 && answer.headers.get('www-authenticate')?.startsWith('Bearer')) return '401';
  if (answer.status === 403 && answer.body.code === 'forbidden') return '403';
  return `${answer.status} ${answer.text}`;
}

describe('the role matrix', () => {
  it.each(declaredRoutes.map((route) => [nameOf(route), route] as const))('%s', async (_name, route) => {
    const expected: Record<string, string> = {};
    const got: Record<string, string> = {};
    for (const caller of callers) {
      expected[caller] = expectedFor(route, caller);
      got[caller] = await tryRoute(route, tokens[caller]());
    }
    expect(got).toEqual(expected);
  });

  it('has no route of a service: those are on another listener', () => {
    expect(declaredRoutes.filter(({ access }) => access === 'service').map(nameOf)).toEqual([]);
  });
});

/** Routes that carry an id, but for those of admins, to whom everything is there. */
const withId = declaredRoutes.filter((route) => route.path.includes('{'));
const adminsOnly = (route: Route): boolean => rolesOf(route).join() === 'admin';

describe("somebody else's id", () => {
  it('stands in the table for every route that carries one', () => {
    const missing = withId.filter((route) => !adminsOnly(route) && rowFor(nameOf(route)) === undefined);
    expect(missing.map(nameOf)).toEqual([]);
  });

  it.each(withId.filter((route) => !adminsOnly(route)).map((route) => [nameOf(route), route] as const))(
    '%s',
    async (name, route) => {
      const row = rowFor(name);
      if (!row) throw new Error(`${name} has no row in e2e/helpers/others-things.ts.`);
      const before = await things.look();
      const path = row.path(things);
      const headers = {
        ...(route.idempotent && { 'Idempotency-Key': randomUUID() }),
        ...(route.versioned && { 'If-Match': '*' }),
      };
      const body = row.body?.(things);
      const { token } = row.by === 'stranger' ? things.stranger : things.otherSeller;
      const answer: Answer<{ code?: string }> = await shop.call(route.method.toUpperCase(), path, {
        token,
        headers,
        ...(body !== undefined && { body }),
      });
      expect([answer.status, answer.body.code]).toEqual(row.expected);
      expect(await things.look()).toEqual(before);
    },
  );

  it.each(withId.filter(adminsOnly).map((route) => [nameOf(route), route] as const))(
    '%s is closed to a seller',
    async (_name, route) => {
      const path = route.path.replaceAll(/\{\w+\}/g, randomUUID());
      const { status } = await shop.call(route.method.toUpperCase(), path, {
        token: things.seller.token,
        ...(route.body && { body: {} }),
      });
      expect(status).toBe(403);
    },
  );
});
