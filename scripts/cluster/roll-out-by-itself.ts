import { setTimeout as sleep } from 'node:timers/promises';
import { randomPassword } from '../../provision/src/random-password.ts';
import { type Finding, type Ground, withoutFailure } from './ground.ts';
import { awaitRollout, deployments, inNamespace, kubectl, listPods, readSecret } from './kubectl.ts';
import { applyWith } from './overlay.ts';

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

const oneMore = `configMapGenerator:
  - { name: ${service}, behavior: merge, literals: [DB_POOL_SIZE=11] }
`;

/** One line more in the settings of a service, then the same apply. */
export async function changeSetting(ground: Ground): Promise<Finding> {
  const before = await podNames();
  const finding = await withoutFailure(ground, 'a changed setting rolls out by itself', async () => {
    await applyWith(oneMore);
    await awaitRollout('deployment', service);
  });
  const judged = await andPodsAreNew(before, finding);
  await applyAsItWas();
  return judged;
}

async function applyAsItWas(): Promise<void> {
  await kubectl(['apply', '-k', 'deployment']);
  await awaitRollout('deployment', service);
}

const own = ['product_service.password', 'product_migrator.password', 'product-service.key.json'];
const secretNames = [...own, 'root.password', 'public-keys.json'];
const volumes = ['secrets', 'migrator', 'accounts'].map(
  (name) => `{ name: ${name}, secret: { secretName: supplied } }`,
);

/** The service's secrets from files, as an operator brings them, instead of those made in the cluster. */
const supplied = `secretGenerator:
  - { name: supplied, files: [${secretNames.join(', ')}] }
patches:
  - target: { kind: Deployment, name: ${service} }
    patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: ${service} }
      spec: { template: { spec: { volumes: [${volumes.join(', ')}] } } }
`;

/** Two changes of a password, so that the pods of the first are those that are replaced by the second. */
export async function changeSuppliedSecret(ground: Ground): Promise<Finding> {
  const files: Record<string, string> = {};
  for (const name of secretNames) files[name] = await readSecret(name);
  let before = '';
  const check = 'a changed password in a generated Secret rolls out by itself';
  const finding = await withoutFailure(ground, check, async () => {
    for (const password of [files['product_service.password'] ?? '', randomPassword()]) {
      before = await podNames();
      await applyWith(supplied, { ...files, 'product_service.password': password });
      await awaitRollout('deployment', service);
    }
  });
  const judged = await andPodsAreNew(before, finding);
  await applyAsItWas();
  return judged;
}

/** The command of docs/operations.md. */
export async function rotatePasswords(ground: Ground): Promise<Finding> {
  const before = await podNames();
  const job = `rotate-${Date.now()}`;
  const finding = await withoutFailure(ground, 'all database passwords rotated', async () => {
    await inNamespace('create', 'job', job, '--from=cronjob/rotate-passwords');
    await inNamespace('wait', '--for=condition=complete', `job/${job}`, '--timeout=60s');
    // One after the other: all at once start a dozen processes, for which a single node has no time to spare.
    for (const deployment of deployments) {
      await inNamespace('rollout', 'restart', `deployment/${deployment}`);
      await awaitRollout('deployment', deployment);
    }
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
