import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { lookInside } from '../scripts/attack/look-inside.ts';
import { declaredRoutes, nameOf, rolesOf } from './helpers/declared-routes.ts';
import { type OthersThings, openOthersThings, rowFor } from './helpers/others-things.ts';
import { runStack, type TestStack } from './helpers/run-stack.ts';
import { type Answer, type Person, Shop } from './helpers/shop.ts';

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

const ofAuthService = ({ path }: Route): boolean => /^\/(auth|users|sellers)(\/|$)/.test(path);
const withCaller = declaredRoutes.filter(({ access }) => access !== 'anyone');
const withinMs = 5_000;

/** What every route answers to a token; 401 and 403 come before anything is parsed. */
async function tryAll(token: string): Promise<Record<string, string>> {
  const verdicts = await Promise.all(
    withCaller.map(async (route) => [nameOf(route), await tryRoute(route, token)]),
  );
  return Object.fromEntries(verdicts) as Record<string, string>;
}

const expectedOf = (verdict: (route: Route) => Verdict): Record<string, string> =>
  Object.fromEntries(withCaller.map((route) => [nameOf(route), verdict(route)]));

/** The verdicts once they are as expected, or after 5 s. */
async function awaitVerdicts(token: string, expected: Record<string, string>) {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    const verdicts = await tryAll(token);
    if (JSON.stringify(verdicts) === JSON.stringify(expected) || performance.now() > giveUpAt)
      return verdicts;
    await sleep(100);
  }
}

describe('rights that were taken away', () => {
  let admin: string;
  beforeAll(async () => {
    admin = await shop.logIn(stack.admin.email, stack.admin.password);
  });
  const setRoles = ({ id }: Person, roles: string[]) =>
    shop.call('PUT', `/users/${id}/roles`, { token: admin, body: { roles } });
  /** With a token that counts everywhere: each service has seen its account before. */
  async function registerWith(...roles: string[]): Promise<Person> {
    const person = await shop.register();
    expect((await setRoles(person, roles)).status).toBe(200);
    return { ...person, token: await shop.logIn(person.email) };
  }

  it('end for a demoted admin: at once in auth-service, within 5 s in the other services', async () => {
    const person = await registerWith('admin', 'seller');
    expect(await tryAll(person.token)).toEqual(expectedOf(() => 'let in'));
    expect((await setRoles(person, ['seller'])).status).toBe(200);
    const atOnce = withCaller.filter((route) => ofAuthService(route) && adminsOnly(route));
    for (const route of atOnce) expect(await tryRoute(route, person.token)).toBe('403');

    const expected = expectedOf((route) => {
      if (!ofAuthService(route)) return '401';
      return adminsOnly(route) ? '403' : 'let in';
    });
    expect(await awaitVerdicts(person.token, expected)).toEqual(expected);
    // The next token has the role that is left.
    const next = await shop.logIn(person.email);
    const left = expectedOf((route) => (adminsOnly(route) ? '403' : 'let in'));
    expect(await tryAll(next)).toEqual(left);
  });

  it('end for accounts that are disabled or deleted', async () => {
    const [disabled, deleted] = [await registerWith('seller'), await registerWith('admin')];
    expect((await shop.call('POST', `/users/${disabled.id}/disable`, { token: admin })).status).toBe(200);
    const headers = { 'If-Match': '*' };
    expect((await shop.call('DELETE', '/users/me', { token: deleted.token, headers })).status).toBe(204);
    const refused = expectedOf(() => '401');
    expect(await awaitVerdicts(disabled.token, refused)).toEqual(refused);
    expect(await awaitVerdicts(deleted.token, refused)).toEqual(refused);
  });

  it('do not end with a new role, nor while auth-service is away', async () => {
    const person = await shop.register();
    expect((await setRoles(person, ['seller', 'admin'])).status).toBe(200);
    const token = await shop.logIn(person.email);
    const replicas = stack.processes['auth-service'];
    replicas.forEach((replica) => replica.kill('SIGSTOP'));
    try {
      for (const route of withCaller.filter((one) => !ofAuthService(one))) {
        expect(await tryRoute(route, token)).toBe('let in');
        if (rolesOf(route).length === 0) expect(await tryRoute(route, person.token)).toBe('let in');
      }
    } finally {
      replicas.forEach((replica) => replica.kill('SIGCONT'));
    }
  });
});
