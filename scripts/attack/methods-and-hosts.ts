import type { Attack, Family } from './declare-attack.ts';
import { freshKey, shipTo } from './open-ground.ts';
import { call, send } from './send.ts';
import { tell } from './tell-answer.ts';

const methods: Attack[] = [
  {
    name: 'TRACE',
    expected: '405',
    run: async ({ url }) => tell(await send(url, { method: 'TRACE', path: '/api/v1/products' })),
  },
  {
    name: 'the method override of a GET, and of a POST',
    expected: '200 and 405, the product is still there',
    async run({ call: ask, seller, productId }) {
      const headers = { 'X-HTTP-Method-Override': 'DELETE', 'X-Method-Override': 'DELETE', 'If-Match': '*' };
      const path = `/products/${productId}`;
      const read = await ask({ path, token: seller.token, headers });
      const posted = await ask({ method: 'POST', path, token: seller.token, headers, json: {} });
      const there = (await ask({ path })).status === 200 ? 'still there' : 'gone';
      return `${tell(read)} and ${tell(posted)}, the product is ${there}`;
    },
  },
];

const hosts: Attack[] = [
  {
    name: 'a foreign Host',
    expected: 'nobody repeats it',
    async run({ url, buyer, productId }) {
      const json = { items: [{ productId, quantity: 1 }], shipTo };
      const headers = { Host: 'attacker.example', 'X-Forwarded-Host': 'attacker.example' };
      const [read, placed, lost] = await Promise.all([
        call(url, { path: '/products', headers }),
        call(url, {
          method: 'POST',
          path: '/orders',
          token: buyer.token,
          json,
          headers: { ...headers, ...freshKey() },
        }),
        call(url, { path: '/nothing', headers }),
      ]);
      const said = [read, placed, lost].map(({ headers: got, text }) => JSON.stringify(got) + text).join('');
      return said.includes('attacker.example') ? 'it is repeated' : 'nobody repeats it';
    },
  },
  {
    name: 'a foreign origin, with and without asking before',
    expected: 'not allowed',
    async run({ call: ask, buyer }) {
      const headers = { Origin: 'https://attacker.example', 'Access-Control-Request-Method': 'POST' };
      const answers = await Promise.all([
        ask({ method: 'OPTIONS', path: '/orders', headers }),
        ask({ path: '/orders', token: buyer.token, headers }),
        ask({ path: '/products', headers: { ...headers, Origin: 'null' } }),
      ]);
      const isAllowed = answers.some(({ headers: got }) => got['access-control-allow-origin'] !== undefined);
      return isAllowed ? 'allowed' : 'not allowed';
    },
  },
];

export const methodsAndHosts: Family = {
  name: 'methods, hosts and origins',
  attacks: [...methods, ...hosts],
};
