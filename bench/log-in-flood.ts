import { readCall } from '../scripts/commands/read-call.ts';
import { runInDirectory } from '../scripts/jest/run-in-directory.ts';
import { logIn } from '../scripts/local/account-calls.ts';
import { createApiClient } from '../scripts/local/api-client.ts';
import { startStack, type Stack } from '../scripts/local/start-stack.ts';
import { floodLogIns } from './log-in-flood/flood-log-ins.ts';
import { measureReads, type Reads } from './log-in-flood/measure-reads.ts';

/**
 * npm run bench:log-in-flood: how long a read of a product takes while nobody logs in, and while more log in than bcrypt can serve.
 */
const goal = { times: 5 };
const readsLastMs = 20_000;
const products = 50;

async function offerProducts({ url, admin }: Stack): Promise<void> {
  const callApi = createApiClient(url);
  const token = await logIn(callApi, admin);
  for (let made = 0; made < products; made += 1) {
    const body = { name: `Kettle ${made}`, description: '', price: { amount: 2500, currency: 'EUR' } };
    await callApi({ method: 'POST', path: '/products', token, body });
  }
}

function tell(when: string, { p50, p99, count, failed }: Reads): void {
  const times = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
  console.log(`${when.padEnd(12)} ${times} of ${count} reads, ${failed} failed`);
}

async function bench(dataDirectory: string, signal: AbortSignal): Promise<boolean> {
  const onProgress = (message: string): void => console.log(message);
  const stack = await startStack({ dataDirectory, port: 0, replicas: 2, signal, onProgress });
  try {
    await offerProducts(stack);
    await measureReads(stack.url, 5_000);
    const idle = await measureReads(stack.url, readsLastMs);
    tell('idle', idle);
    const flood = floodLogIns(stack.url);
    const flooded = await measureReads(stack.url, readsLastMs);
    const { answered, shed, wrong } = await flood.stop();
    tell('during flood', flooded);
    console.log(`log-ins: ${answered} answered, ${shed} told to come again, ${wrong} gone wrong`);
    const isMet = flooded.p99 <= goal.times * idle.p99 && idle.failed + flooded.failed + wrong === 0;
    const times = (flooded.p99 / idle.p99).toFixed(1);
    const outcome = isMet ? 'ok    ' : 'MISSED';
    console.log(`${outcome} p99 during the flood is ${times} times p99 idle (goal: at most ${goal.times})`);
    return isMet;
  } finally {
    await stack.stop();
  }
}

readCall('bench:log-in-flood');
await runInDirectory('tradepost-bench-', bench);
