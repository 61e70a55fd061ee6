import { setTimeout as sleep } from 'node:timers/promises';
import { type Finding, type Ground, underLoad } from './ground.ts';
import { awaitEverything, inNamespace, kubectl, listPods } from './kubectl.ts';
import { applyWith } from './overlay.ts';

const patienceMs = 6 * 60_000;

/** Down sooner than in production, so that a test sees it. */
const overlay = `components: [components/autoscaling]
patches:
  - target: { kind: HorizontalPodAutoscaler }
    patch: |-
      - { op: replace, path: /spec/behavior/scaleDown/stabilizationWindowSeconds, value: 15 }
`;

async function awaitPods(service: string, isEnough: (count: number) => boolean): Promise<number> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const count = (await listPods(service)).length;
    if (isEnough(count) || performance.now() > giveUpAt) return count;
    await sleep(1_000);
  }
}

/** What docs/operations.md says to do first. Otherwise the apply takes `replicas` away and leaves one of each. */
const keepReplicas = (): Promise<string> =>
  inNamespace(
    'annotate',
    'deployment',
    '-l',
    'app.kubernetes.io/component in (service, door)',
    'kubectl.kubernetes.io/last-applied-configuration-',
  );

/** Logging in is what costs the most: a few people at a time who do nothing else. */
async function keepLoggingIn({ url, admin }: Ground, signal: AbortSignal): Promise<void> {
  const one = async (): Promise<void> => {
    while (!signal.aborted) {
      await fetch(`${url}/api/v1/auth/login`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(admin),
      }).catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: 4 }, one));
}

/** Applies the component, lets log-ins wear auth-service out, and stops: a replica more, and in the end one less. */
export async function autoscale(ground: Ground): Promise<Finding> {
  const service = 'auth-service';
  let [most, least] = [0, 0];
  const report = await underLoad(ground, async () => {
    await keepReplicas();
    await applyWith(overlay);
    const stop = new AbortController();
    const busy = keepLoggingIn(ground, stop.signal);
    most = await awaitPods(service, (count) => count > 2);
    await sleep(15_000);
    stop.abort();
    await busy;
    least = await awaitPods(service, (count) => count === 2);
    await sleep(10_000);
  });
  await inNamespace('delete', 'hpa', '--all');
  await kubectl(['apply', '-k', 'deployment']);
  await awaitEverything();
  const failed = report.failedReads + report.failedOrders;
  const failures = failed > 0 ? `: ${JSON.stringify(report.failures)}` : '';
  return {
    check: 'the component autoscaling: auth-service under log-ins',
    expected: 'a replica more, later 2 again, 0 failed',
    got: `${most} replicas, later ${least}, ${failed} of ${report.requests} failed${failures}`,
    passed: most > 2 && least === 2 && failed === 0,
  };
}
