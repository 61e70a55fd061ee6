import { join } from 'node:path';
import { readCall } from './commands/read-call.ts';
import { loadDemoData } from './local/demo-data.ts';
import { describeStack } from './local/describe-stack.ts';
import type { ProcessName, Settings } from './local/processes.ts';
import { readDoor } from './local/read-door.ts';
import { Refusal } from './local/refusal.ts';
import type { Login } from './local/secrets.ts';
import { startStack, type Stack } from './local/start-stack.ts';

const dataDirectory = join(import.meta.dirname, '../.data');

interface Choices {
  replicas: number;
  port: number;
  admin: Login | undefined;
  kafka: string | undefined;
  tls: boolean;
}

function readAdmin(): Login | undefined {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = process.env;
  if (email && password) return { email, password };
  if (email || password)
    throw new Refusal('ADMIN_EMAIL and ADMIN_PASSWORD belong together: set both or none.');
  return undefined;
}

/** A provider of one's own, in place of the one that fails on purpose. */
function readProvider(): Partial<Record<ProcessName, Settings>> {
  const names = ['PAYMENT_PROVIDER_URL', 'PAYMENT_PROVIDER_KEY'] as const;
  const given = Object.fromEntries(names.map((name) => [name, process.env[name] ?? ''] as const));
  if (Object.values(given).every((value) => value === '')) return {};
  if (Object.values(given).includes(''))
    throw new Refusal(`${names.join(' and ')} belong together: set both or none.`);
  return { 'order-service': given, 'order-worker': given };
}

/** Whoever tells what has happened, tells it to Kafka; order-service listens there. */
function throughKafka(brokers: string | undefined): Settings {
  return brokers === undefined ? {} : { EVENT_SINKS: 'kafka,webhook', KAFKA_BROKERS: brokers };
}

function settingsOf({ kafka }: Choices): (name: ProcessName) => Settings {
  const provider = readProvider();
  return (name) => ({ ...provider[name], ...throughKafka(kafka) });
}

function readChoices(): Choices {
  return { ...readCall('start').options, admin: readAdmin() };
}

function say(message: string): void {
  console.log(`[${process.uptime().toFixed(1).padStart(5)} s] ${message}`);
}

/** Resolves at the first wish to stop; later ones, such as a second Ctrl-C, change nothing. */
function awaitWishToStop(giveUp: AbortController): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (!giveUp.signal.aborted) say('stopping everything in order ...');
        giveUp.abort();
        resolve();
      });
    }
    // A fault of the starter's own must not leave a dozen processes behind.
    process.on('uncaughtException', (error) => {
      console.error(error);
      process.exitCode = 1;
      giveUp.abort();
      resolve();
    });
  });
}

async function run(stack: Stack, wishToStop: Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    const accounts = await loadDemoData(stack, { onProgress: say, signal });
    console.log(describeStack(stack, accounts, readAdmin() !== undefined));
    await wishToStop;
  } finally {
    await stack.stop();
  }
}

async function main(): Promise<void> {
  // When the terminal is gone there is nobody to tell, but still everything to stop.
  process.stdout.on('error', () => undefined);
  const giveUp = new AbortController();
  const wishToStop = awaitWishToStop(giveUp);
  try {
    const choices = readChoices();
    const settings = settingsOf(choices);
    const { signal } = giveUp;
    const options = { ...choices, settings, door: readDoor(), dataDirectory };
    const stack = await startStack({ ...options, onProgress: say, signal });
    await run(stack, wishToStop, signal);
  } catch (error) {
    // An error after the wish to stop is only what the wish has interrupted.
    if (!giveUp.signal.aborted) {
      console.error(error instanceof Refusal ? error.message : error);
      process.exitCode = 1;
      return;
    }
  }
  say('stopped; the data stays for the next npm start');
}

await main();
process.exit();
