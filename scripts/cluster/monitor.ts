import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding, Ground } from './ground.ts';
import { awaitRollout, inNamespace } from './kubectl.ts';
import { applyWith } from './overlay.ts';

const patienceMs = 90_000;

/** What an expression is now, asked inside the pod: nobody else may connect to it. */
async function ask(expression: string): Promise<string> {
  const query = ['promtool', 'query', 'instant', 'http://127.0.0.1:9090', expression];
  return inNamespace('exec', 'deployment/prometheus', '--', ...query);
}

async function awaitValue(expression: string, wanted: string): Promise<string> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const value = / => (\S+)/.exec(await ask(expression))?.[1] ?? 'nothing';
    if (value === wanted || performance.now() > giveUpAt) return value;
    await sleep(2_000);
  }
}

/** Prometheus finds every replica of all that is ours, and has our alerts. */
export async function monitor(_ground: Ground): Promise<Finding> {
  await applyWith('components: [components/monitoring]');
  await awaitRollout('deployment', 'prometheus');
  // Two of each service, two workers, one simulator.
  const replicas = await awaitValue('count(up == 1)', '9');
  const ofServices = 'http_request_duration_seconds_count{job=~".+-service"}';
  const requests = await awaitValue(`count(count by (job) (${ofServices}))`, '3');
  const held = await awaitValue('count(reservations_held)', '2');
  const overdue = await awaitValue('count(order_steps_overdue_seconds)', '2');
  const objects = ['deployment', 'service', 'serviceaccount', 'networkpolicy'].map(
    (kind) => `${kind}/prometheus`,
  );
  await inNamespace('delete', ...objects);
  const got = `${replicas} replicas up, requests of ${requests} services, holds of ${held} replicas, steps of ${overdue} workers`;
  const expected = '9 replicas up, requests of 3 services, holds of 2 replicas, steps of 2 workers';
  return { check: 'the component monitoring', expected, got, passed: got === expected };
}
