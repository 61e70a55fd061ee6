import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding, Ground } from './ground.ts';
import { awaitRollout, databases, inNamespace, isReady, listPods, usersOf } from './kubectl.ts';

const readyWithinSeconds = 15;

async function awaitState(services: readonly string[], ready: boolean, seconds: number): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const pods = (await Promise.all(services.map((name) => listPods(name)))).flat();
    const passed = (performance.now() - startedAt) / 1000;
    if (pods.every((pod) => isReady(pod) === ready) || passed > seconds) return passed;
    await sleep(500);
  }
}

const identities = async (services: readonly string[]): Promise<string> =>
  (await Promise.all(services.map((name) => listPods(name))))
    .flat()
    .map(({ metadata, status }) => `${metadata.uid} ${status.containerStatuses?.[0]?.restartCount}`)
    .sort()
    .join(', ');

/** Its orders are verified at the end, with all the others. */
export async function loseDatabase(_ground: Ground): Promise<Finding> {
  const services = usersOf['order-mysql'];
  const before = await identities(services);
  await inNamespace('scale', 'statefulset/order-mysql', '--replicas=0');
  const unreadyAfter = await awaitState(services, false, 60);
  await sleep(20_000);
  await inNamespace('scale', 'statefulset/order-mysql', '--replicas=1');
  await awaitRollout('statefulset', 'order-mysql');
  const readyAfter = await awaitState(services, true, 60);
  const isSame = (await identities(services)) === before;
  return {
    check: 'the database of order-service and order-worker is away for 20 s',
    expected: `unready meanwhile, ready at most ${readyWithinSeconds} s after it is back, no restart`,
    got: `unready after ${unreadyAfter.toFixed(0)} s, ready ${readyAfter.toFixed(0)} s after, ${isSame ? 'no restart' : 'other pods'}`,
    passed: unreadyAfter < 60 && readyAfter <= readyWithinSeconds && isSame,
  };
}

/** Deleted, not scaled: its successor comes at once, with the same volume. */
export async function deleteDatabasePods(_ground: Ground): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const database of databases) {
    const services = usersOf[database];
    const before = await identities(services);
    await inNamespace('delete', 'pod', `${database}-0`);
    await awaitRollout('statefulset', database);
    const seconds = await awaitState(services, true, 60);
    const isSame = (await identities(services)) === before;
    findings.push({
      check: `delete pod ${database}-0`,
      expected: `${services.join(' and ')} not restarted, ready at most ${readyWithinSeconds} s after it is back`,
      got: `${isSame ? 'not restarted' : 'other pods'}, ready after ${seconds.toFixed(0)} s`,
      passed: isSame && seconds <= readyWithinSeconds,
    });
  }
  return findings;
}
