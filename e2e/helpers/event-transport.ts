import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ProcessName } from '../../scripts/local/processes.ts';
import type { FaultGround } from './fault-ground.ts';

/** How events travel, and how that is broken. */
export interface EventTransport {
  name: 'HTTP' | 'Kafka';
  /** Settings of those who send and receive. */
  settings: Record<string, string>;
  /** Whose processes let events take effect. */
  consumer: ProcessName;
  /** Nothing gets through until restore(). */
  cut(ground: FaultGround): Promise<void>;
  restore(ground: FaultGround): Promise<void>;
  /** What is acknowledged is not heard until restore(). */
  swallowAnswers(ground: FaultGround): Promise<void>;
}

const linksOf = ({ proxies }: FaultGround) => [
  ...proxies.between('auth-service', 'order-service'),
  ...proxies.between('product-service', 'order-service'),
];

function breakLinks(ground: FaultGround, way: 'drop' | 'swallow'): Promise<void> {
  const links = linksOf(ground);
  if (links.length < 2) throw new Error('There is nothing to break between the services.');
  links.forEach((link) => link.begin({ way }));
  return Promise.resolve();
}

const overHttp: EventTransport = {
  name: 'HTTP',
  settings: {},
  consumer: 'order-service',
  cut: (ground) => breakLinks(ground, 'drop'),
  swallowAnswers: (ground) => breakLinks(ground, 'swallow'),
  restore: (ground) => {
    linksOf(ground).forEach((link) => link.heal());
    return Promise.resolve();
  },
};

async function run(name: 'KAFKA_STOP' | 'KAFKA_START'): Promise<void> {
  const command = process.env[name];
  if (!command) throw new Error(`${name} must be the command that does so with the broker of KAFKA_BROKERS.`);
  await promisify(execFile)('sh', ['-c', command]);
}

const throughKafka = (brokers: string): EventTransport => ({
  name: 'Kafka',
  settings: { EVENT_SINKS: 'kafka,webhook', KAFKA_BROKERS: brokers },
  consumer: 'order-worker',
  cut: () => run('KAFKA_STOP'),
  restore: () => run('KAFKA_START'),
  // Killing the consumer is what loses an acknowledgement here.
  swallowAnswers: () => Promise.resolve(),
});

/** Kafka when KAFKA_BROKERS names some, an empty one for each run; else HTTP. */
export const eventTransport: EventTransport = process.env.KAFKA_BROKERS
  ? throughKafka(process.env.KAFKA_BROKERS)
  : overHttp;
