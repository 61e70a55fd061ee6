import type { Attack, Family } from './declare-attack.ts';
import { type AttackGround, shipTo } from './open-ground.ts';
import { parse } from './send.ts';
import { tryAll } from './try-as-another.ts';

const address = { ...shipTo, name: 'Somebody Else' };

async function makeAddress({ call, buyer }: AttackGround): Promise<string> {
  const made = await call({ method: 'POST', path: '/users/me/addresses', token: buyer.token, json: shipTo });
  return `/users/me/addresses/${parse<{ id: string }>(made).id}`;
}

const attacks: Attack[] = [
  {
    name: 'the account of somebody else',
    expected: '404, nothing changed',
    run: (ground) =>
      tryAll(ground, { path: '/users/me', owner: ground.buyer }, [
        { path: `/users/${ground.buyer.id}`, token: ground.stranger.token },
      ]),
  },
  {
    name: 'what only admins do, by a buyer and a seller',
    expected: '403, nothing changed',
    run: (ground) =>
      tryAll(
        ground,
        { path: '/users/me', owner: ground.buyer },
        [ground.buyer, ground.seller].flatMap(({ id, token }) => [
          { method: 'PUT', path: `/users/${id}/roles`, token, json: { roles: ['admin'] } },
          { method: 'POST', path: `/users/${id}/disable`, token },
          { path: '/users', token },
          { path: '/audit', token },
          { path: '/orders/stuck', token },
          { method: 'POST', path: `/orders/${ground.orderId}/resume`, token },
          { path: '/webhooks', token },
          { path: '/dead-letters', token },
        ]),
      ),
  },
  {
    name: 'an address of somebody else: read, replaced, deleted',
    expected: '404, nothing changed',
    needs: 'PUT /users/me/addresses/{id}',
    async run(ground) {
      const { token } = ground.stranger;
      const path = await makeAddress(ground);
      const headers = { 'If-Match': '*' };
      return tryAll(ground, { path, owner: ground.buyer }, [
        { path, token },
        { method: 'PUT', path, token, headers, json: address },
        { method: 'DELETE', path, token, headers },
      ]);
    },
  },
  {
    name: 'a session of somebody else: ended',
    expected: '404, nothing changed',
    needs: 'DELETE /auth/sessions/{id}',
    async run(ground) {
      const { items } = parse<{ items: { id: string }[] }>(
        await ground.call({ path: '/auth/sessions', token: ground.buyer.token }),
      );
      const path = `/auth/sessions/${items[0]?.id ?? ''}`;
      return tryAll(ground, { path: '/auth/sessions', owner: ground.buyer }, [
        { method: 'DELETE', path, token: ground.stranger.token },
      ]);
    },
  },
];

export const othersAccounts: Family = { name: "other people's accounts", attacks };
