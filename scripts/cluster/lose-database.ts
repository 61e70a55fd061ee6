import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding, Ground } from './ground.ts';
import { awaitRollout, inNamespace, isReady, listPods } from './kubectl.ts';

const readyWithinSeconds = 15;

async function awaitState(services: string[], ready: boolean, seconds: number): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const pods = (await Promise.all(services.map((name) => listPods(name)))).flat();
    const passed = (performance.now() - startedAt) / 1000;
    if (pods.every((pod) => isReady(pod) === ready) || passed > seconds) return passed;
    await sleep(500);
  }
}

const identities = async (service: string): Promise<string> =>
  (await listPods(service))
    .map(({ metadata, status }) => `${metadata.uid} ${status.containerStatuses?.[0]?.restartCount}`)
    .sort()
    .join(', ');

/** Its orders are verified at the end, with all the others. */
export async function loseDatabase(_ground: Ground): Promise<Finding> {
  const service = 'order-service';
  const before = await identities(service);
  await inNamespace('scale', 'statefulset/order-mysql', '--replicas=0');
  const unreadyAfter = await awaitState([service], false, 60);
  await sleep(20_000);
  await inNamespace('scale', 'statefulset/order-mysql', '--replicas=1');
  await awaitRollout('statefulset', 'order-mysql');
  const readyAfter = await awaitState([service], true, 60);
  const isSame = (await identities(service)) === before;
  return {
    check: 'the database of order-service is away for 20 s',
    expected: `unready meanwhile, ready at most ${readyWithinSeconds} s after it is back, no restart`,
    got: `unready after ${unreadyAfter.toFixed(0)} s, ready ${readyAfter.toFixed(0)} s after, ${isSame ? 'no restart' : 'other pods'}`,
    passed: unreadyAfter < 60 && readyAfter <= readyWithinSeconds && isSame,
  };
}

/** Deleted, not scaled: its successor comes at once, with the same volume. */
export async function deleteDatabasePods(_ground: Ground): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const service of ['auth-service', 'product-service', 'order-service']) {
    const database = service.replace('-service', '-mysql');
    const before = await identities(service);
    await inNamespace('delete', 'pod', `${database}-0`);
    await awaitRollout('statefulset', database);
    const seconds = await awaitState([service], true, 60);
    const isSame = (await identities(service)) === before;
    findings.push({
      check: `delete pod ${database}-0`,
      expected: `${service} not restarted, ready at most ${readyWithinSeconds} s after it is back`,
      got: `${isSame ? 'not restarted' : 'other pods'}, ready after ${seconds.toFixed(0)} s`,
      passed: isSame && seconds <= readyWithinSeconds,
    });
  }
  return findings;
}
