import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FaultGround, openGround } from '../helpers/fault-ground.ts';
import { whyWrong } from '../helpers/judge-answer.ts';
import { runStack } from '../helpers/run-stack.ts';
import { type Answer, type Order, shipTo } from '../helpers/shop.ts';
import { SmallDisk, whyNoDisk } from '../helpers/small-disk.ts';
import { sufferUnderLoad } from '../helpers/suffer-under-load.ts';

/** What an empty database takes, its logs included, and a little more. */
const megabytes = 400;

const reason = await whyNoDisk();
if (reason !== undefined) console.log(`A full disk is not tried here: ${reason}.`);
const itOnDisk = reason === undefined ? it : it.skip;

let ground: FaultGround | undefined;
let disk: SmallDisk | undefined;

beforeAll(async () => {
  if (reason !== undefined) return;
  const first = await runStack();
  await first.stop();
  disk = await SmallDisk.under(path.join(first.dataPath, 'database'), megabytes);
  ground = await openGround({ dataDirectory: first.dataPath });
});
afterAll(async () => {
  await disk?.free();
  await ground?.stack.stop();
  await disk?.remove();
  await ground?.close();
});

/** An order of a thousand lines: the tables have some room left, which these use up. */
const placeLargeOne = ({ shop, buyer, product }: FaultGround): Promise<Answer<Order>> =>
  shop.call<Order>('POST', '/orders', {
    token: buyer.token,
    headers: { 'Idempotency-Key': randomUUID() },
    body: { items: Array.from({ length: 1_000 }, () => ({ productId: product.id, quantity: 1 })), shipTo },
  });

itOnDisk('answers 503 to writes while the disk is full, and loses nothing', async () => {
  if (!ground || !disk) throw new Error('There is no disk.');
  const [shop, small] = [ground, disk];
  const wrong: string[] = [];
  let refused = 0;
  const load = await sufferUnderLoad(shop, 'disk-full', async () => {
    await small.fill();
    try {
      const giveUpAt = performance.now() + 60_000;
      while (refused < 20 && performance.now() < giveUpAt) {
        const answer = await placeLargeOne(shop);
        const complaint = whyWrong(answer);
        if (complaint !== undefined) wrong.push(complaint);
        refused += answer.status === 503 ? 1 : 0;
        // What the server freed meanwhile is taken, too.
        await small.fill();
      }
      await sleep(2_000);
    } finally {
      await small.free();
    }
  });
  expect([...new Set(wrong)]).toEqual([]);
  expect(refused).toBeGreaterThanOrEqual(20);
  expect(load.answers[503]).toBeGreaterThan(0);
});
