import { afterEach, describe, expect, it, test } from '@jest/globals';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../local/free-port.ts';
import { checkKeys, checkStocks } from '../prove/check-databases.ts';
import { FaultProxy, type LinkFault } from '../prove/fault-proxy.ts';
import { House } from '../prove/house.ts';
import { Journal } from '../prove/journal.ts';
import { canBecome, isAtRest } from '../prove/legal-moves.ts';
import { Meter } from '../prove/meter.ts';
import { planFaults } from '../prove/plan-faults.ts';
import type { Query } from '../prove/query-databases.ts';
import type { Answer } from '../prove/send.ts';
import { Session } from '../prove/session.ts';

const minutes = 60_000;

describe('the plan', () => {
  it('is made from the seed alone, and a longer run begins with the same faults', () => {
    const [short, long] = [planFaults('a', 2 * minutes), planFaults('a', 10 * minutes)];
    expect(planFaults('a', 2 * minutes)).toEqual(short);
    expect(long.faults.slice(0, short.faults.length)).toEqual(short.faults);
    expect(planFaults('b', 2 * minutes).faults).not.toEqual(short.faults);
  });

  it('begins a fault every 2 to 6 s, none in the last 10 s, and comes to every kind', () => {
    const { faults } = planFaults('every kind', 60 * minutes);
    const pauses = faults.slice(1).map(({ atMs }, index) => atMs - (faults[index]?.atMs ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(6_000);
    expect(faults.at(-1)?.atMs).toBeLessThan(60 * minutes - 10_000);
    const kinds = faults.map(({ fault }) => (fault.kind === 'link' ? fault.fault.way : fault.kind));
    const all = ['delay', 'drop', 'freeze', 'kill', 'provider', 'reload', 'repeat', 'swallow'];
    expect([...new Set(kinds)].sort()).toEqual(all);
    const killed = faults.flatMap(({ fault }) => (fault.kind === 'kill' ? [fault.of] : []));
    expect(new Set(killed).size).toBe(7);
  });
});

test('an order is found where what was told of it can have led', () => {
  expect(canBecome('pending', 'refunded')).toBe(true);
  expect(canBecome('paying', 'awaiting_payment')).toBe(true);
  expect(canBecome('paid', 'cancelled')).toBe(false);
  expect(canBecome('rejected', 'awaiting_payment')).toBe(false);
  expect(['paid', 'awaiting_payment', 'refunding', 'paying', 'nonsense'].map(isAtRest)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

function openJournal() {
  const journal = new Journal();
  const by = new Session(new House('', journal, new Meter()), 'somebody', { email: '', password: '' });
  const open = (key: string) => journal.open({ kind: 'order', key, path: '/orders', body: {}, by });
  const answer = (status: number, body: Record<string, unknown>): Answer => {
    return { status, body, text: JSON.stringify(body), etag: null, requestId: 'r' };
  };
  return { journal, open, answer };
}

describe('the journal', () => {
  it('finds a repeat that is answered in another way', () => {
    const { journal, open, answer } = openJournal();
    const entry = open('k');
    journal.settle(entry, answer(201, { id: '1' }));
    journal.settle(entry, answer(201, { id: '1' }));
    expect(journal.breaches).toEqual([]);
    journal.settle(entry, answer(201, { id: '2' }));
    expect(journal.breaches).toEqual([expect.stringContaining('order with key k was answered 201')]);
  });

  it('finds a key that made two orders, and an order that is gone', async () => {
    const { journal, open, answer } = openJournal();
    for (const key of ['twice', 'gone', 'good']) journal.settle(open(key), answer(201, { id: key }));
    open('never answered');
    const rows = [
      ...['twice', 'another'].map((id) => ({ key: 'twice', id })),
      ...['good', 'never answered'].map((id) => ({ key: id, id })),
    ];
    const query: Query = <Row>(sql: string) =>
      Promise.resolve((sql.includes('ordersDB.orders') ? rows : []) as Row[]);
    expect(await checkKeys(query, journal)).toEqual([
      'order with key twice was made 2 times: twice, another',
      'order with key gone was acknowledged as gone and is not there',
    ]);
  });
});

it('finds a product of which more was sold than there was', async () => {
  const good = {
    version: 1,
    onHand: '4',
    reserved: 1,
    given: '10',
    committed: '7',
    returned: '1',
    held: '1',
  };
  const rows = [
    { id: 'good', ...good },
    { id: 'oversold', ...good, onHand: '0', given: '5', reserved: 0, held: '0' },
    { id: 'miscounted', ...good, reserved: 3 },
    { id: 'edited', ...good, version: 2 },
  ];
  const query: Query = <Row>(sql: string) =>
    Promise.resolve((sql.includes('GROUP BY') ? rows : [{ orders: 3, captures: 2 }]) as Row[]);
  expect(await checkStocks(query, new Journal())).toEqual({
    orders: 3,
    captures: 2,
    soldUnits: 24,
    stockUnits: 35,
    breaches: [
      'product oversold: 6 sold and 0 held of 5',
      'product oversold: 0 on hand, but 5 came in and 6 were sold',
      'product miscounted: 3 reserved, but 1 held for orders',
      'product edited: version 2 after 0 accepted edits and 0 of which nobody knows',
    ],
  });
});

describe('the fault proxy', () => {
  let server: Server;
  let proxy: FaultProxy;
  const arrived: string[] = [];

  async function openProxy(): Promise<number> {
    arrived.length = 0;
    server = createServer((req, res) => {
      arrived.push(req.url ?? '');
      res.end('done');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const [port = 0] = await freePorts(1);
    proxy = new FaultProxy(port, (server.address() as AddressInfo).port);
    return port;
  }

  afterEach(() => {
    proxy.close();
    server.close();
    server.closeAllConnections();
  });

  function ask(port: number, path = '/one'): Promise<string> {
    return new Promise((resolve) => {
      const sent = request(
        { port, path, host: '127.0.0.1', agent: false, timeout: 600, headers: { Connection: 'keep-alive' } },
        (res: IncomingMessage) => {
          res.setEncoding('utf8').on('data', resolve);
        },
      );
      sent.on('timeout', () => sent.destroy(new Error('nothing')));
      sent.on('error', ({ message }) => resolve(message));
      sent.end();
    });
  }

  it.each<[LinkFault, string, number]>([
    [{ way: 'drop' }, 'ECONNRESET', 0],
    [{ way: 'swallow' }, 'nothing', 1],
  ])('harms as told (%j), and heals', async (fault, outcome, arrivals) => {
    const port = await openProxy();
    expect(await ask(port)).toBe('done');
    arrived.length = 0;
    proxy.begin(fault);
    expect(await ask(port)).toContain(outcome);
    expect(arrived).toHaveLength(arrivals);
    proxy.end(fault);
    expect(await ask(port)).toBe('done');
  });

  it('delays', async () => {
    const port = await openProxy();
    proxy.begin({ way: 'delay', ms: 100 });
    const askedAt = performance.now();
    expect(await ask(port)).toBe('done');
    expect(performance.now() - askedAt).toBeGreaterThanOrEqual(195);
  });

  it('sends requests a second time', async () => {
    const port = await openProxy();
    proxy.begin({ way: 'repeat', withinMs: 50 });
    const paths = Array.from({ length: 20 }, (_unused, index) => `/${index}`);
    for (const path of paths) expect(await ask(port, path)).toBe('done');
    proxy.heal();
    for (let wait = 0; proxy.pendingRepeats > 0 && wait < 100; wait += 1) await sleep(20);
    expect(proxy.pendingRepeats).toBe(0);
    expect(proxy.repeated).toBe(paths.length);
    expect(arrived).toHaveLength(paths.length + proxy.repeated);
    expect(new Set(arrived)).toEqual(new Set(paths));
  });
});
