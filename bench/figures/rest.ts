import { setTimeout as sleep } from 'node:timers/promises';
import { cpuBetween, readCpu, readPss } from '../measure/process-figures.ts';
import type { OpenedBench } from '../shop/open-bench.ts';
import type { Sample } from '../measure/sample.ts';
import type { Figure } from './figure.ts';

/** Longer than the other figures: what happens at rest happens rarely. */
const times = 5;
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

async function measureProcessor({ shop, seconds }: OpenedBench): Promise<Sample> {
  const before = readCpu(shop.stack);
  const startedAt = performance.now();
  await sleep(seconds * times * 1000);
  const used = cpuBetween(before, readCpu(shop.stack));
  const elapsed = (performance.now() - startedAt) / 1000;
  const cpu = new Map([...used].map(([name, spent]) => [name, (spent * 1e6) / elapsed]));
  return { value: (100 * sum(used.values())) / elapsed, cpu };
}

export const restProcessor: Figure = {
  goal: 'G12',
  says: 'everything at rest, 2 replicas each: processor, in percent of one core',
  unit: '%',
  replicas: [2],
  limit: { atMost: 3 },
  judges: 'value',
  ours: measureProcessor,
};

export const restMemory: Figure = {
  goal: 'G12m',
  says: 'everything at rest, 2 replicas each: memory, as proportional set size',
  unit: 'MB',
  replicas: [2],
  limit: { atMost: 1_100 },
  judges: 'value',
  ours: ({ shop }) => Promise.resolve({ value: sum(readPss(shop.stack).values()) / 1e6 }),
};
