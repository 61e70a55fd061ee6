import { setTimeout as sleep } from 'node:timers/promises';
import { auditShop } from '../deployed/audit-shop.ts';
import type { Finding } from '../deployed/print-findings.ts';
import { runSuite } from '../deployed/run-suite.ts';
import { awaitDoor, awaitHealth, compose } from './docker-compose.ts';
import type { Ground } from './ground.ts';

/** Longer than an event of the last second takes. */
const settleMs = 12_000;

/** Brings the profile kafka up beside what runs, buys, and has the audit compare what has changed with what came through it. */
export async function throughKafka(ground: Ground): Promise<Finding> {
  const settings = { EVENT_SINKS: 'kafka,webhook', KAFKA_BROKERS: 'kafka:9092', COMPOSE_PROFILES: 'kafka' };
  const project = { ...ground.project, settings: { ...ground.project.settings, ...settings } };
  await compose(project, 'up', '--detach');
  await awaitDoor(ground.url);
  await awaitHealth(project);
  const bought = await runSuite(ground);
  await sleep(settleMs);
  const { breaches, told } = await auditShop(ground);
  await compose(project, 'down');
  await compose(ground.project, 'up', '--detach');
  await awaitDoor(ground.url);
  return {
    check: 'the profile kafka: the end-to-end suite, then the audit over what was told',
    expected: 'it passes; more than 100 things told, 0 breaches',
    got: `${bought ? 'it passes' : 'it fails'}; ${told} things told, ${breaches} breaches`,
    passed: bought && told > 100 && breaches === 0,
  };
}
