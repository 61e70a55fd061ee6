import { type Family, notTried } from './declare-attack.ts';
import { send } from './send.ts';
import { tell, tellAll } from './tell-answer.ts';

const anonymousId = '0198a1b2-0000-7000-8000-000000000000';
const claimed = {
  'X-User-Id': anonymousId,
  'X-User-Roles': 'admin',
  'X-Service-Token': 'order-service',
  Forwarded: 'for=127.0.0.1;by=order-service',
  'X-Forwarded-For': '127.0.0.1',
  'X-Real-IP': '127.0.0.1',
  'X-Original-URL': '/internal/v1/audit',
  'X-Rewrite-URL': '/internal/v1/audit',
};

export const identities: Family = {
  name: 'forged identities',
  attacks: [
    {
      name: `nobody, who claims to be somebody: ${Object.keys(claimed).join(', ')}`,
      expected: '401',
      run: async (ground) =>
        tellAll(
          await Promise.all(
            ['/users/me', '/orders', '/users', '/audit'].map((path) =>
              ground.call({ path, headers: claimed }),
            ),
          ),
        ),
    },
    {
      name: 'a service token at the door',
      expected: '401',
      async run({ inside, call: ask }) {
        if (inside === undefined) return notTried;
        const audiences = ['auth-service', 'product-service', 'order-service', 'tradepost'];
        const asked = audiences.flatMap((audience) =>
          ['/users/me', '/orders', '/audit', '/products?limit=1'].map((path) =>
            ask({ path, token: inside.serviceToken(audience) }),
          ),
        );
        return tellAll(await Promise.all(asked));
      },
    },
    {
      name: 'a token of a person, and of an admin, inside',
      expected: '401',
      async run({ inside, buyer, admin }) {
        if (inside === undefined) return notTried;
        const services = ['auth-service', 'product-service', 'order-service'] as const;
        const asked = services.flatMap((service) =>
          [buyer.token, admin.token].map((token) =>
            send(inside.listener(service, 'INTERNAL_PORT'), {
              path: '/internal/v1/audit',
              headers: { Authorization: `Bearer ${token}` },
            }),
          ),
        );
        return tellAll(await Promise.all(asked));
      },
    },
    {
      name: 'a service token for another callee, inside',
      expected: '401',
      async run({ inside }) {
        if (inside === undefined) return notTried;
        const headers = { Authorization: `Bearer ${inside.serviceToken('product-service')}` };
        const url = inside.listener('auth-service', 'INTERNAL_PORT');
        return tell(await send(url, { path: '/internal/v1/audit', headers }));
      },
    },
  ],
};
