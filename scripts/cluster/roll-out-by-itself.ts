import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Finding, type Ground, withoutFailure } from './ground.ts';
import { awaitEverything, awaitRollout, inNamespace, kubectl, listPods } from './kubectl.ts';

const service = 'product-service';

const podNames = async (): Promise<string> =>
  (await listPods(service))
    .map(({ metadata }) => metadata.name)
    .sort()
    .join(', ');

async function andPodsAreNew(before: string, finding: Finding): Promise<Finding> {
  const isNew = (await podNames()) !== before;
  return {
    ...finding,
    got: `${finding.got}, ${isNew ? 'new pods' : 'the old pods'}`,
    passed: finding.passed && isNew,
  };
}

/** One line more in the settings of a service, then the same apply. */
export async function changeSetting(ground: Ground): Promise<Finding> {
  const directory = await mkdtemp(join(tmpdir(), 'tradepost-'));
  const before = await podNames();
  try {
    await cp('deployment', directory, { recursive: true });
    await appendFile(join(directory, `base/${service}/kustomization.yaml`), '      - DB_POOL_SIZE=11\n');
    const finding = await withoutFailure(ground, 'a changed setting rolls out by itself', async () => {
      await kubectl(['apply', '-k', directory]);
      await awaitRollout('deployment', service);
    });
    return await andPodsAreNew(before, finding);
  } finally {
    await rm(directory, { recursive: true, force: true });
    await kubectl(['apply', '-k', 'deployment']);
    await awaitRollout('deployment', service);
  }
}

/** The command of docs/operations.md. */
export async function rotatePasswords(ground: Ground): Promise<Finding> {
  const before = await podNames();
  const job = `rotate-${Date.now()}`;
  const finding = await withoutFailure(ground, 'all database passwords rotated', async () => {
    await inNamespace('create', 'job', job, '--from=cronjob/rotate-passwords');
    await inNamespace('wait', '--for=condition=complete', `job/${job}`, '--timeout=60s');
    await inNamespace('rollout', 'restart', 'deployment');
    await awaitEverything();
  });
  return andPodsAreNew(before, finding);
}

export async function breakImage(ground: Ground): Promise<Finding> {
  const finding = await withoutFailure(
    ground,
    'an image that does not start, then rollout undo',
    async () => {
      await inNamespace('set', 'image', `deployment/${service}`, 'service=tradepost/does-not-exist:0');
      await sleep(20_000);
      await inNamespace('rollout', 'undo', `deployment/${service}`);
      await awaitRollout('deployment', service);
    },
  );
  return { ...finding, expected: '0 failed: the old pods go on serving' };
}
