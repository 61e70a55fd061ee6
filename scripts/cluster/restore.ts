import { setTimeout as sleep } from 'node:timers/promises';
import { backUpAndRestore } from '../deployed/back-up-and-restore.ts';
import type { Finding, Ground } from './ground.ts';
import { awaitEverything, databases, deployments, inNamespace, listPods, replicated } from './kubectl.ts';

async function stopAll(): Promise<void> {
  await inNamespace('scale', 'deployment', ...deployments, '--replicas=0');
  const names = new Set<string>(deployments);
  const areGone = async (): Promise<boolean> =>
    (await listPods()).every(({ metadata }) => !names.has(metadata.labels['app.kubernetes.io/name'] ?? ''));
  while (!(await areGone())) await sleep(500);
}

async function startAll(): Promise<void> {
  await inNamespace('scale', 'deployment', ...replicated, '--replicas=2');
  await inNamespace('scale', 'deployment/payment-simulator', '--replicas=1');
  await awaitEverything();
}

/** Volumes and all: what comes back up is servers that were never used. */
async function destroy(): Promise<void> {
  await stopAll();
  await inNamespace('scale', 'statefulset', ...databases, '--replicas=0');
  await inNamespace('delete', 'pvc', ...databases.map((name) => `data-${name}-0`), '--wait');
  await inNamespace('scale', 'statefulset', ...databases, '--replicas=1');
  for (const name of databases)
    await inNamespace('rollout', 'status', `statefulset/${name}`, '--timeout=180s');
}

export async function restoreFromBackup({ url, shop, orders }: Ground): Promise<Finding> {
  return backUpAndRestore({ place: 'cluster', url, shop, orders, destroy, start: startAll });
}
