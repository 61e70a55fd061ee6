import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCall } from './commands/read-call.ts';
import { openLoadShop } from './load/open-shop.ts';
import { type LoadReport, startLoad } from './load/steady-load.ts';
import { verifyOrders } from './load/verify-orders.ts';
import { Refusal } from './local/refusal.ts';
import { startStack, type Stack } from './local/start-stack.ts';
import { countFailed, type RolledReplica, rollEverything } from './roll/roll-everything.ts';

const replicas = 2;
/** As a shell says of a command that Ctrl-C ended. */
const interrupted = 130;
const fewestRequests = 10_000;

function sayRow([name, number, seconds, failed]: readonly string[]): void {
  console.log([name?.padEnd(20), number?.padStart(7), seconds?.padStart(9), failed?.padStart(16)].join(''));
}

function sayRolled({ name, number, seconds, failed }: RolledReplica): void {
  sayRow([name, String(number), seconds.toFixed(1), String(failed)]);
}

/** Rolls everything under load, round after round, until the load has sent enough. */
async function rollUnderLoad(stack: Stack, signal: AbortSignal): Promise<string[]> {
  const shop = await openLoadShop(stack.url, stack.admin);
  const load = await startLoad(stack.url, shop, { resends: true });
  let report: Readonly<LoadReport>;
  try {
    sayRow(['process', 'replica', 'seconds', 'failed requests']);
    while (load.soFar.requests < fewestRequests)
      await rollEverything({ stack, load, signal, onRolled: sayRolled });
  } finally {
    report = await load.stop();
  }
  const failed = countFailed(report);
  console.log(`${report.requests} requests, ${failed} failed`);
  console.log(
    `${report.resent} of them found their idle connection closed by a reload, and went over a new one`,
  );
  const failures = Object.entries(report.failures).map(([what, often]) => `${often} times ${what}`);
  const complaints = await verifyOrders(stack.url, shop, load.orders);
  console.log(`${load.orders.size} orders acknowledged, ${complaints.length} complaints about them`);
  return failed === 0 ? complaints : [...failures, ...complaints];
}

async function roll(dataDirectory: string, signal: AbortSignal): Promise<boolean> {
  const settings = { 'auth-service': { BCRYPT_COST: '4' } };
  const stack = await startStack({ port: 0, replicas, dataDirectory, settings, signal });
  try {
    const complaints = await rollUnderLoad(stack, signal);
    complaints.forEach((complaint) => console.error(complaint));
    return complaints.length === 0;
  } finally {
    await stack.stop();
  }
}

function awaitWishToStop(): AbortSignal {
  const giveUp = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => giveUp.abort());
  // A fault of our own must not leave a dozen processes behind.
  process.on('uncaughtException', (error) => {
    console.error(error);
    process.exitCode = 1;
    giveUp.abort();
  });
  return giveUp.signal;
}

/** Rolls in a directory of its own, which stays only when there is something to find in it. */
async function rollAside(signal: AbortSignal): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tradepost-roll-'));
  let isGood = false;
  try {
    isGood = await roll(dataDirectory, signal);
  } catch (error) {
    // An error after the wish to stop is only what the wish has interrupted.
    if (!signal.aborted) console.error(error instanceof Refusal ? error.message : error);
  }
  if (!isGood) process.exitCode ??= signal.aborted ? interrupted : 1;
  if (isGood || signal.aborted) await rm(dataDirectory, { recursive: true, force: true });
  else console.error(`The data and the logs stay in ${dataDirectory}`);
}

try {
  readCall('roll');
  await rollAside(awaitWishToStop());
} catch (error) {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
}
process.exit();
