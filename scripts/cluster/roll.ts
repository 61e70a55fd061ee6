import { setTimeout as sleep } from 'node:timers/promises';
import { type Finding, type Ground, underLoad, withoutFailure } from './ground.ts';
import {
  awaitRollout,
  inNamespace,
  kubectl,
  listPods,
  namespace,
  replicated,
  tryKubectl,
} from './kubectl.ts';

const mostFailedReads = 0.005;

async function restart(name: string): Promise<void> {
  await inNamespace('rollout', 'restart', `deployment/${name}`);
  await awaitRollout('deployment', name);
}

export async function restartEach(ground: Ground): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of replicated)
    findings.push(await withoutFailure(ground, `rollout restart of ${name}`, () => restart(name)));
  return findings;
}

export async function scaleUpAndDown(ground: Ground): Promise<Finding> {
  return withoutFailure(ground, 'order-service with 2, 4, 1, 2 replicas', async () => {
    for (const replicas of [4, 1, 2]) {
      await inNamespace('scale', 'deployment/order-service', `--replicas=${replicas}`);
      await awaitRollout('deployment', 'order-service');
      // Those that were taken away are still draining.
      await sleep(8_000);
    }
  });
}

/** As `kubectl drain` does, but one node must not be cordoned: there would be no place for the new pods. */
async function evict(pod: string): Promise<void> {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace } };
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`;
  for (let attempt = 0; ; attempt += 1) {
    const { status, said } = await tryKubectl(['create', '--raw', path, '-f', '-'], JSON.stringify(eviction));
    if (status === 0) return;
    if (!said.includes('disruption budget') || attempt > 120) throw new Error(`evicting ${pod}: ${said}`);
    await sleep(1_000);
  }
}

/**
 * Both pods of a kind at once, which the disruption budget lets go one after the other; one kind after the other,
 * because the one node of a test cluster has to start them all anew while it goes on serving.
 */
export async function evictAll(ground: Ground): Promise<Finding> {
  return withoutFailure(ground, 'a drain: every pod evicted through the API', async () => {
    for (const name of replicated) {
      const pods = await listPods(name);
      await Promise.all(pods.map(({ metadata }) => evict(metadata.name)));
      await awaitRollout('deployment', name);
    }
  });
}

export async function killEach(ground: Ground): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of replicated) {
    const report = await underLoad(ground, async () => {
      await sleep(5_000);
      const [pod] = await listPods(name);
      await kubectl([
        '-n',
        namespace,
        'delete',
        'pod',
        pod?.metadata.name ?? '',
        '--force',
        '--grace-period=0',
      ]);
      await awaitRollout('deployment', name);
      await sleep(5_000);
    });
    const share = report.failedReads / report.reads;
    const givenUp = Object.keys(report.failures).some((failure) => failure.includes('given up'));
    findings.push({
      check: `delete pod --force of ${name}`,
      expected: 'at most 0.5 % of reads fail, every order taken when repeated',
      got: `${report.failedReads} of ${report.reads} reads (${(share * 100).toFixed(2)} %), ${report.failedOrders} orders repeated${givenUp ? ', some given up' : ''}`,
      passed: share <= mostFailedReads && !givenUp,
    });
  }
  return findings;
}
