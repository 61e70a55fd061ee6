import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LoadShop, openLoadShop } from '../../scripts/load/open-shop.ts';
import { type SteadyLoad, startLoad } from '../../scripts/load/steady-load.ts';
import { verifyOrders } from '../../scripts/load/verify-orders.ts';
import { reloadNginx } from '../../scripts/roll/change-upstreams.ts';
import { awaitAllAtRest, awaitOpen } from '../helpers/await-healed.ts';
import { expectNothingLost } from '../helpers/expect-nothing-lost.ts';
import { type FaultGround, openGround } from '../helpers/fault-ground.ts';
import { noteHealed } from '../helpers/note-healed.ts';

let ground: FaultGround;

beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

/** Keeps the load on while work goes on; its clients send again what met a closed connection (RFC 9112 section 9.3.1). */
async function underLoad(work: () => Promise<void>): Promise<{ load: SteadyLoad; shop: LoadShop }> {
  const { url, admin } = ground.stack;
  // A shop of its own each time: its stock is compared with the orders of this load.
  const shop = await openLoadShop(url, admin);
  const load = await startLoad(url, shop, { resends: true });
  try {
    await sleep(1_000);
    await work();
    await sleep(1_000);
  } finally {
    await load.stop();
  }
  return { load, shop };
}

it('loses no request while Nginx is reloaded ten times', async () => {
  let reloadedAt = 0;
  const { load, shop } = await underLoad(async () => {
    for (let reload = 1; reload <= 10; reload += 1) {
      await reloadNginx(ground.stack);
      await sleep(300);
    }
    reloadedAt = performance.now();
  });
  const seconds = await awaitAllAtRest(ground, reloadedAt);
  expect(load.soFar.failures).toEqual({});
  expect(load.soFar).toMatchObject({ failedReads: 0, failedOrders: 0 });
  expect(await verifyOrders(ground.stack.url, shop, load.orders)).toEqual([]);
  await expectNothingLost(ground, []);
  noteHealed('nginx-reloaded', seconds);
});

it('is back within 5 s when Nginx is killed, and every order was taken once', async () => {
  const { nginx } = ground.stack;
  const deaths = nginx.deaths;
  let [killedAt, openSeconds] = [0, 0];
  const { load, shop } = await underLoad(async () => {
    killedAt = performance.now();
    nginx.kill('SIGKILL');
    await sleep(50);
    openSeconds = await awaitOpen(ground, killedAt);
  });
  const seconds = await awaitAllAtRest(ground, killedAt);
  expect(openSeconds).toBeLessThan(5);
  expect(nginx.deaths).toBe(deaths + 1);
  // Connections were lost and refused; who had an answer had a good one.
  const answered = Object.keys(load.soFar.failures).filter((failure) => /: (\d{3},|given up)/.test(failure));
  expect(answered).toEqual([]);
  expect(await verifyOrders(ground.stack.url, shop, load.orders)).toEqual([]);
  await expectNothingLost(ground, []);
  noteHealed('nginx-killed', seconds);
});
