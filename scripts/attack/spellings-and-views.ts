import { spellings } from '../../testing/spellings.ts';
import type { Attack, Family } from './declare-attack.ts';
import { type AttackGround, freshKey, type Person } from './open-ground.ts';
import { parse } from './send.ts';
import { tellAll } from './tell-answer.ts';

interface Repeat {
  by: Pick<Person, 'token'>;
  /** What is sent with one key to each spelling of its path. */
  path: string;
  id: string;
  json: object;
  /** Lists what the requests have made. */
  list: string;
}

const repeated = (name: string, describe: (ground: AttackGround) => Repeat): Attack => ({
  name: `${name}: one key, with each spelling of the id`,
  expected: '201, once',
  async run(ground) {
    const { by, path, id, json, list } = describe(ground);
    const { token } = by;
    const count = async () =>
      parse<{ items: unknown[] }>(await ground.call({ path: `${list}?limit=100`, token })).items.length;
    const before = await count();
    const request = { method: 'POST', token, headers: freshKey(), json };
    const answers = [];
    for (const spell of Object.values(spellings))
      answers.push(await ground.call({ ...request, path: spell(path, id) }));
    const made = (await count()) - before;
    return `${tellAll(answers)}, ${made === 1 ? 'once' : `${made} times`}`;
  },
});

const keys: Attack[] = [
  repeated('a refund', ({ seller, orderId: id }) => ({
    by: seller,
    path: `/orders/${id}/refunds`,
    id,
    json: { amount: { amount: 1, currency: 'EUR' }, reason: 'again and again' },
    list: `/orders/${id}/refunds`,
  })),
  repeated('an adjustment of stock', ({ seller, productId: id }) => ({
    by: seller,
    path: `/products/${id}/inventory/adjustments`,
    id,
    json: { delta: 1, reason: 'again and again' },
    list: `/products/${id}/inventory/ledger`,
  })),
];

/** Asks for a resource as one reader with the ETag that another got. */
const crossed = (
  name: string,
  describe: (ground: AttackGround) => { path: string; readers: [string | undefined, string | undefined] },
): Attack => ({
  name,
  expected: '200, which varies by Authorization',
  async run(ground) {
    const { path, readers } = describe(ground);
    const [known, asked] = readers;
    const { headers } = await ground.call({ path, token: known });
    const answer = await ground.call({
      path,
      token: asked,
      headers: { 'If-None-Match': headers.etag ?? '' },
    });
    const varies = /\bAuthorization\b/i.test(String(answer.headers.vary));
    return `${tellAll([answer])}, which ${varies ? 'varies' : 'does not vary'} by Authorization`;
  },
});

const views: Attack[] = [
  crossed("an order, by its seller with the buyer's ETag", ({ orderId, buyer, seller }) => ({
    path: `/orders/${orderId}`,
    readers: [buyer.token, seller.token],
  })),
  crossed("an order, by its buyer with the seller's ETag", ({ orderId, buyer, seller }) => ({
    path: `/orders/${orderId}`,
    readers: [seller.token, buyer.token],
  })),
  crossed("a product, by anybody with the owner's ETag", ({ productId, seller }) => ({
    path: `/products/${productId}`,
    readers: [seller.token, undefined],
  })),
  crossed("a product, by its owner with the public's ETag", ({ productId, seller }) => ({
    path: `/products/${productId}`,
    readers: [undefined, seller.token],
  })),
];

export const spellingsAndViews: Family = {
  name: 'spellings of a path, views of a resource',
  attacks: [...keys, ...views],
};
