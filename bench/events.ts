import { readCall } from '../scripts/commands/read-call.ts';
import { runInDirectory } from '../scripts/jest/run-in-directory.ts';
import type { Settings } from '../scripts/local/processes.ts';
import { startStack } from '../scripts/local/start-stack.ts';
import { measureLag, receiver } from './events/measure-lag.ts';
import { measureRate } from './events/measure-rate.ts';

/**
 * npm run bench:events: how late events arrive when little happens, and how many a second are relayed; each against its goal.
 * Over HTTP, or through the empty broker that `-- --kafka host:port` names.
 */
const goals = { lagMs: { HTTP: 200, Kafka: 100 }, perSecond: 2_000, waiting: 10_000 };

const { kafka: broker } = readCall('bench:events').options;

function judge(says: string, isMet: boolean): boolean {
  console.log(`${isMet ? 'ok    ' : 'MISSED'} ${says}`);
  return isMet;
}

async function bench(dataDirectory: string, signal: AbortSignal): Promise<boolean> {
  const transport = broker === undefined ? 'HTTP' : 'Kafka';
  const sinks: Settings = broker === undefined ? {} : { EVENT_SINKS: 'kafka,webhook', KAFKA_BROKERS: broker };
  const onProgress = (message: string): void => console.log(message);
  const settings = (): Settings => ({ ...sinks, BCRYPT_COST: '4', WEBHOOK_TRUSTED_HOSTS: receiver });
  const stack = await startStack({ dataDirectory, port: 0, replicas: 2, settings, signal, onProgress });
  try {
    const lag = await measureLag(stack);
    const rate = await measureRate(stack, goals.perSecond * 1.25);
    const goal = goals.lagMs[transport];
    return [
      judge(
        `lag over ${transport}, little to do: p50 ${lag.p50} ms, p99 ${lag.p99} ms of ${lag.events} events (goal: ${goal} ms)`,
        lag.p99 <= goal,
      ),
      judge(
        `rate: ${rate.events} events written and relayed in ${rate.seconds.toFixed(1)} s, ${Math.round(rate.perSecond)} per second (goal: ${goals.perSecond})`,
        rate.perSecond >= goals.perSecond,
      ),
      judge(
        `the outbox had at most ${rate.mostWaiting} rows (goal: ${goals.waiting})`,
        rate.mostWaiting < goals.waiting,
      ),
      judge(`each event took effect once: ${rate.applied} of ${rate.events}`, rate.applied === rate.events),
    ].every(Boolean);
  } finally {
    await stack.stop();
  }
}

await runInDirectory('tradepost-bench-', bench);
