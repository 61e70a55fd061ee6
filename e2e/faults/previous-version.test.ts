import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { programs } from '../../scripts/local/programs.ts';
import type { SupervisedProcess } from '../../scripts/local/supervised-process.ts';
import { waitUntilReady } from '../../scripts/local/wait-until-ready.ts';
import { type FaultGround, openGround } from '../helpers/fault-ground.ts';
import { checkOut, findPreviousVersion } from '../helpers/previous-version.ts';
import { sufferUnderLoad } from '../helpers/suffer-under-load.ts';

const previous = await findPreviousVersion();
if (previous === undefined)
  console.log(
    'The previous version is not tried here: PREVIOUS_VERSION names no commit, there is no tag, and no history of the migrations.',
  );
const itWithPrevious = previous === undefined ? it.skip : it;
const lastsMs = 15_000;
const names = ['auth-service', 'product-service', 'order-service', 'order-worker'] as const;

let ground: FaultGround | undefined;
let old: Awaited<ReturnType<typeof checkOut>> | undefined;

beforeAll(async () => {
  if (previous === undefined) return;
  old = await checkOut(previous);
  // The tables are brought up to date by this start.
  ground = await openGround();
});
afterAll(async () => {
  await ground?.close();
  await old?.remove();
});

async function restart(replica: SupervisedProcess, directory: string): Promise<void> {
  await replica.stop();
  replica.plan.directory = directory;
  replica.start();
  const url = `http://127.0.0.1:${replica.plan.environment.OPS_PORT ?? ''}/readyz`;
  await waitUntilReady({ url, status: 200, from: replica });
}

itWithPrevious('runs the previous version beside this one on the tables of this one', async () => {
  if (!ground || !old) throw new Error('There is no previous version.');
  const { processes } = ground.stack;
  const { directory } = old;
  // What did not exist then has no previous version.
  const older = names.filter((name) => existsSync(path.join(directory, programs[name].entry)));
  expect(older).toContain('order-service');
  const replicas = older.flatMap((name) => processes[name].slice(0, 1));
  const today = new Map(replicas.map((replica) => [replica, replica.plan.directory]));
  await sufferUnderLoad(ground, 'previous-version', async () => {
    for (const replica of replicas) await restart(replica, directory);
    await sleep(lastsMs);
    for (const [replica, usual] of today) await restart(replica, usual);
  });
});
