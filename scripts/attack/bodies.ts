import { gzipSync } from 'node:zlib';
import type { Attack, Family } from './declare-attack.ts';
import { type AttackGround, freshKey, shipTo } from './open-ground.ts';
import { type Answer, send } from './send.ts';
import { tell } from './tell-answer.ts';

type Content = { body: string | Buffer; headers?: Record<string, string> };

const orderText = ({ productId }: AttackGround): string =>
  JSON.stringify({ items: [{ productId, quantity: 1 }], shipTo });

async function countOrders({ call, buyer }: AttackGround): Promise<number> {
  const { text } = await call({ path: '/orders?limit=100', token: buyer.token });
  return (JSON.parse(text) as { items: object[] }).items.length;
}

function post({ url, buyer }: AttackGround, { body, headers }: Content): Promise<Answer> {
  const usual = { 'Content-Type': 'application/json', Authorization: `Bearer ${buyer.token}` };
  const sent = { ...usual, ...freshKey(), ...headers };
  return send(url, { method: 'POST', path: '/api/v1/orders', headers: sent, body });
}

/** Sends a body as an order, and sees that none came of it. */
const refused = (name: string, status: number, make: (ground: AttackGround) => Content): Attack => ({
  name,
  expected: `${status}, no order`,
  async run(ground) {
    const before = await countOrders(ground);
    const answer = tell(await post(ground, make(ground)));
    return `${answer}, ${(await countOrders(ground)) === before ? 'no order' : 'an order'}`;
  },
});

const typed = (type: string): Attack =>
  refused(`an order as ${type}`, 415, (ground) => ({
    body: orderText(ground),
    headers: { 'Content-Type': type },
  }));

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

export const bodies: Family = {
  name: 'bodies',
  attacks: [
    refused('over 1 MB', 413, () => ({ body: JSON.stringify({ note: 'x'.repeat(1_200_000) }) })),
    refused('a gzip bomb: 100 MB in 100 kB', 413, () => ({
      body: gzipSync(Buffer.alloc(100_000_000, ' ')),
      headers: { 'Content-Encoding': 'gzip' },
    })),
    refused('JSON 10,000 levels deep', 400, () => ({ body: deep(10_000) })),
    refused('JSON 400,000 levels deep', 400, () => ({ body: deep(400_000) })),
    refused('broken JSON', 400, () => ({ body: '{"items":' })),
    refused('no UTF-8', 400, () => ({ body: Buffer.from([0x22, 0xff, 0xfe, 0x22]) })),
    refused('a number instead of an object', 400, () => ({ body: '1' })),
    refused('null', 400, () => ({ body: 'null' })),
    typed('text/plain'),
    typed('application/x-www-form-urlencoded'),
    typed('multipart/form-data; boundary=x'),
    typed('application/xml'),
    {
      name: 'a request id with CR LF, encoded, and one that is too long',
      expected: 'made anew',
      async run({ call }) {
        const ids = ['a%0d%0aSet-Cookie:%20b=c', 'a b', 'x'.repeat(129), '<script>'];
        const answers = await Promise.all(
          ids.map((id) => call({ path: '/products?limit=1', headers: { 'X-Request-Id': id } })),
        );
        const isKept = answers.some(
          ({ headers }, index) =>
            headers['x-request-id'] === ids[index] || headers['set-cookie'] !== undefined,
        );
        return isKept ? 'taken over' : 'made anew';
      },
    },
    {
      name: 'a header of 10 kB',
      expected: '431',
      run: async ({ call }) =>
        tell(await call({ path: '/products', headers: { 'X-Long': 'x'.repeat(10_000) } })),
    },
  ],
};
