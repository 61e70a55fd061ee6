import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { basket, type OrderApp, type Person, somebody, startOrderApp, tokens } from './helpers/order-app.ts';
import { buyOne, payingOne, placeOne, settle } from './helpers/order-lives.ts';

let app: OrderApp;
beforeAll(async () => {
  app = await startOrderApp();
});
const leaving: AbortController[] = [];
afterEach(() => {
  for (const reader of leaving.splice(0)) reader.abort();
  app.products.comeBack();
});
afterAll(() => app.stop());

const admin = somebody('admin');
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const sellerOf = ({ sellerId: id }: { sellerId: string }): Person => ({
  id,
  bearer: tokens.bearer(id, 'customer', 'seller'),
});

interface Move {
  status: string;
  version: number;
  createdAt: string;
}
const movesOf = async (by: Person, orderId: string, query = '') =>
  (await app.get(by, `/orders/${orderId}/timeline${query}`).expect(200)).body as {
    items: Move[];
    nextCursor: string | null;
  };

/** A reader of events, who leaves at the end of the test at the latest. */
async function follow(by: Person, orderId: string, headers: Record<string, string> = {}, method = 'GET') {
  const reader = new AbortController();
  leaving.push(reader);
  return fetch(`${app.url}/api/v1/orders/${orderId}/events`, {
    method,
    headers: { Authorization: by.bearer, ...headers },
    signal: reader.signal,
  });
}

/** The events that come, one block of lines each, until the stream ends or there are enough. */
async function* eventsOf(answer: Response): AsyncGenerator<string> {
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    yield* blocks;
  }
  expect(text).toBe('');
}

async function take(events: AsyncGenerator<string>, count: number): Promise<string[]> {
  const taken: string[] = [];
  while (taken.length < count) taken.push((await events.next()).value as string);
  return taken;
}

const asEvent = (move: Move): string => `id: ${move.version}\nevent: status\ndata: ${JSON.stringify(move)}`;

describe('the timeline of an order', () => {
  test('lists every status that it had, oldest first, and page by page', async () => {
    const { buyer, orderId } = await buyOne(app);
    const all = await movesOf(buyer, orderId);
    const statuses = ['pending', 'awaiting_payment', 'paying', 'paid'];
    expect(all).toEqual({
      items: statuses.map((status, index) => ({
        status,
        version: index + 1,
        createdAt: expect.stringMatching(instant),
      })),
      nextCursor: null,
    });
    const times = all.items.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort());

    const first = await movesOf(buyer, orderId, '?limit=3');
    expect(first.items).toEqual(all.items.slice(0, 3));
    const second = await movesOf(buyer, orderId, `?limit=3&cursor=${first.nextCursor}`);
    expect(second).toEqual({ items: all.items.slice(3), nextCursor: null });
    expect((await movesOf(buyer, orderId, '?limit=4')).nextCursor).toBeNull();
  });

  test('is read by its buyer, by a seller of a line and by an admin, and by nobody else', async () => {
    const { buyer, orderId, product } = await placeOne(app);
    const seen = await movesOf(buyer, orderId);
    for (const reader of [sellerOf(product), admin]) expect(await movesOf(reader, orderId)).toEqual(seen);
    for (const stranger of [somebody(), somebody('seller')]) {
      expect((await app.get(stranger, `/orders/${orderId}/timeline`).expect(404)).body.code).toBe(
        'not-found',
      );
      const answer = await follow(stranger, orderId);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('Content-Type')).toContain('application/problem+json');
    }
    expect((await fetch(`${app.url}/api/v1/orders/${orderId}/events`)).status).toBe(401);
  });

  test.each(['limit=0', 'limit=101', 'cursor=x', 'from=1'])('is not asked with %s', async (query) => {
    const { buyer, orderId } = await placeOne(app);
    const { body } = await app.get(buyer, `/orders/${orderId}/timeline?${query}`).expect(400);
    expect(body.errors[0].parameter).toBe(query.split('=')[0]);
  });
});

describe('the events of an order', () => {
  test('tell what was, then what comes, and end when the order does', async () => {
    const { buyer, orderId } = await placeOne(app);
    const answer = await follow(buyer, orderId);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Content-Type')).toMatch(/^text\/event-stream/);
    expect(answer.headers.get('Cache-Control')).toBe('private, no-cache');
    const events = eventsOf(answer);
    const past = await take(events, 2);
    await app.cancel(buyer, orderId).expect(200);
    const rest: string[] = [];
    for await (const event of events) rest.push(event);
    const { items } = await movesOf(buyer, orderId);
    expect(items.map(({ status }) => status)).toEqual(['pending', 'awaiting_payment', 'cancelled']);
    expect([...past, ...rest]).toEqual(items.map(asEvent));
  });

  test('go on while an order is paid, which is no end: it may be shipped, or refunded', async () => {
    const { buyer, orderId } = await payingOne(app);
    const events = eventsOf(await follow(buyer, orderId));
    await take(events, 3);
    await settle(app, orderId);
    expect((await take(events, 1))[0]).toContain('"status":"paid"');
    await app.cancel(buyer, orderId).expect(202);
    const rest: string[] = [];
    for await (const event of events) rest.push(event);
    const { items } = await movesOf(buyer, orderId);
    expect(rest).toEqual(items.slice(-2).map(asEvent));
    expect(items.at(-1)?.status).toBe('refunded');
  });

  test('go on after the last one that a reader has', async () => {
    const { buyer, orderId } = await placeOne(app);
    const events = eventsOf(await follow(buyer, orderId, { 'Last-Event-ID': '1' }));
    expect((await take(events, 1))[0]).toMatch(/^id: 2\n/);
    await app.cancel(buyer, orderId).expect(200);
    expect((await take(events, 1))[0]).toMatch(/^id: 3\n/);
    expect(await events.next()).toMatchObject({ done: true });
  });

  test('are all told to a reader whose last one makes no sense', async () => {
    const { buyer, orderId } = await placeOne(app);
    await app.cancel(buyer, orderId).expect(200);
    for (const id of ['-1', 'x', '1 OR 1=1', '99999999999']) {
      const blocks: string[] = [];
      for await (const event of eventsOf(await follow(buyer, orderId, { 'Last-Event-ID': id })))
        blocks.push(event);
      expect(blocks).toHaveLength(3);
    }
  });

  test('have ended for a reader who comes back with the last of all', async () => {
    const { buyer, orderId } = await placeOne(app);
    await app.cancel(buyer, orderId).expect(200);
    const events = eventsOf(await follow(buyer, orderId, { 'Last-Event-ID': '3' }));
    const waiting = sleep(3_000, 'still open');
    expect(await Promise.race([events.next(), waiting])).toMatchObject({ done: true });
  });

  test('are told to a seller of a line and to an admin too', async () => {
    const { buyer, orderId, product } = await placeOne(app);
    await app.cancel(buyer, orderId).expect(200);
    for (const reader of [sellerOf(product), admin]) {
      const answer = await follow(reader, orderId);
      expect(answer.status).toBe(200);
      expect((await take(eventsOf(answer), 3))[2]).toContain('"status":"cancelled"');
    }
  });

  test('are asked about with HEAD, which ends at once', async () => {
    const { buyer, orderId } = await placeOne(app);
    const answer = await follow(buyer, orderId, {}, 'HEAD');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Content-Type')).toMatch(/^text\/event-stream/);
    expect(await answer.text()).toBe('');
  });

  test('come from the database no more when the reader has left', async () => {
    app.products.goAway();
    const buyer = somebody();
    const { body } = await app.place(buyer, basket([app.products.offer()])).expect(202);
    await take(eventsOf(await follow(buyer, body.id)), 1);
    leaving.splice(0).forEach((reader) => reader.abort());
    // A look that was on its way comes to its end.
    await sleep(1_000);
    const { sequelize } = app.database;
    let looks = 0;
    sequelize.addHook('beforeQuery', 'looks', () => void (looks += 1));
    await sleep(1_200);
    sequelize.removeHook('beforeQuery', 'looks');
    expect(looks).toBe(0);
    await app.cancel(buyer, body.id).expect(200);
  });
});
