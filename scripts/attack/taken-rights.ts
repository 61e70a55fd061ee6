import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack, Family } from './declare-attack.ts';
import type { AttackGround, Person } from './open-ground.ts';
import { type ApiCall, parse } from './send.ts';
import { tellAll } from './tell-answer.ts';

const withinMs = 5_000;
const pauseMs = 250;

/** A new account with these roles, and a token that carries them. */
async function registerWith(ground: AttackGround, roles: readonly string[]): Promise<Person> {
  const person = await ground.register();
  await setRoles(ground, person, roles);
  const { email, password } = person;
  const answer = await ground.call({ method: 'POST', path: '/auth/login', json: { email, password } });
  const { accessToken: token, refreshToken } = parse<{ accessToken: string; refreshToken: string }>(answer);
  ground.planted.push({ what: 'an access token', value: token });
  ground.planted.push({ what: 'a refresh token', value: refreshToken });
  return { ...person, token, refreshToken };
}

const setRoles = ({ call, admin }: AttackGround, { id }: Person, roles: readonly string[]) =>
  call({ method: 'PUT', path: `/users/${id}/roles`, token: admin.token, json: { roles } });

/** What auth-service answers at once to what only its admins do, and the other services within 5 s. */
async function useOldToken(ground: AttackGround, { id, token }: Person): Promise<string> {
  const { call, orderId, buyer } = ground;
  const accounts: ApiCall[] = [
    { path: '/users' },
    { method: 'PUT', path: `/users/${id}/roles`, json: { roles: ['admin'] } },
    { method: 'PUT', path: `/users/${buyer.id}/roles`, json: { roles: ['admin'] } },
    { method: 'POST', path: `/users/${buyer.id}/disable` },
  ];
  const others: ApiCall[] = [
    { path: '/webhooks' },
    { path: '/dead-letters' },
    { path: '/audit' },
    { path: '/orders/stuck' },
    { path: `/orders/${orderId}` },
    { method: 'POST', path: '/products', json: {} },
  ];
  const askAll = async (calls: readonly ApiCall[]): Promise<string> =>
    tellAll(await Promise.all(calls.map((request) => call({ ...request, token }))));
  const atOnce = await askAll(accounts);
  const giveUpAt = performance.now() + withinMs;
  let later = await askAll(others);
  while (later !== '401' && performance.now() < giveUpAt) {
    await sleep(pauseMs);
    later = await askAll(others);
  }
  return `${atOnce} of auth-service, ${later} of the others`;
}

const attacks: Attack[] = [
  {
    name: 'the token of an admin who was demoted',
    expected: '403 of auth-service, 401 of the others',
    async run(ground) {
      const person = await registerWith(ground, ['admin']);
      await setRoles(ground, person, []);
      return useOldToken(ground, person);
    },
  },
  {
    name: 'the token of an admin who has deleted the account',
    expected: '401 of auth-service, 401 of the others',
    async run(ground) {
      const person = await registerWith(ground, ['admin']);
      const headers = { 'If-Match': '*' };
      await ground.call({ method: 'DELETE', path: '/users/me', token: person.token, headers });
      return useOldToken(ground, person);
    },
  },
  {
    name: 'the token of a seller who was disabled',
    expected: '401 of auth-service, 401 of the others',
    async run(ground) {
      const person = await registerWith(ground, ['seller']);
      const path = `/users/${person.id}/disable`;
      await ground.call({ method: 'POST', path, token: ground.admin.token });
      return useOldToken(ground, person);
    },
  },
];

export const takenRights: Family = { name: 'rights that were taken away', attacks };
