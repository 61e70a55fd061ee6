import { setTimeout as sleep } from 'node:timers/promises';
import { parseAllDocuments, stringify } from 'yaml';
import type { Finding } from './ground.ts';
import {
  awaitEverything,
  countRestarts,
  databases,
  inNamespace,
  kubectl,
  listPods,
  namespace,
  tryKubectl,
  usersOf,
} from './kubectl.ts';

const readyWithinSeconds = 120;

interface Manifest {
  kind: string;
  metadata: { name: string; generation?: number };
}

export async function removeEverything(): Promise<void> {
  await kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--wait']);
}

async function restarts(): Promise<number> {
  return countRestarts(await listPods());
}

/** The whole overlay at once, as the README says, on a cluster that has nothing of it. */
export async function applyToEmptyCluster(): Promise<Finding[]> {
  const applied = await tryKubectl(['apply', '-k', 'deployment']);
  const warnings = applied.said.trim();
  const seconds = await awaitEverything();
  const restarted = await restarts();
  return [
    {
      check: 'kubectl apply -k deployment, enforcing and warning restricted',
      expected: 'no warning',
      got: warnings === '' ? 'none' : warnings,
      passed: applied.status === 0 && warnings === '',
    },
    {
      check: 'everything is ready',
      expected: `within ${readyWithinSeconds} s, 0 restarts`,
      got: `after ${seconds.toFixed(0)} s, ${restarted} restarts`,
      passed: seconds <= readyWithinSeconds && restarted === 0,
    },
  ];
}

/** The generation of an object counts the changes of what it should be. */
async function generations(): Promise<string> {
  const kinds =
    'deployments,statefulsets,services,networkpolicies,poddisruptionbudgets,jobs,cronjobs,configmaps,secrets';
  const list = JSON.parse(await inNamespace('get', kinds, '-o', 'json')) as { items: Manifest[] };
  return list.items
    .map(({ kind, metadata }) => `${kind}/${metadata.name}: ${metadata.generation ?? 0}`)
    .join('\n');
}

export async function applyAgain(): Promise<Finding> {
  const before = await generations();
  const difference = await tryKubectl(['diff', '-k', 'deployment']);
  await kubectl(['apply', '-k', 'deployment']);
  const isSame = difference.status === 0 && (await generations()) === before;
  return {
    check: 'a second apply',
    expected: 'changes nothing',
    got: isSame ? 'nothing' : difference.out.slice(0, 300) || 'other generations',
    passed: isSame,
  };
}

const waitsForDatabase = async (name: string): Promise<boolean> =>
  (await inNamespace('logs', `deployment/${name}`, '-c', 'accounts')).includes('waiting for the database');

/** Every object in the reverse order, and the databases only when all the others have waited for them. */
export async function applyBackwards(): Promise<Finding> {
  const rendered = parseAllDocuments(await kubectl(['kustomize', 'deployment']));
  const manifests = rendered.map((document) => document.toJS() as Manifest);
  const ofKind = (kind: string): Manifest[] => manifests.filter((manifest) => manifest.kind === kind);
  const late = new Set(['Namespace', 'StatefulSet']);
  const others = manifests.filter(({ kind }) => !late.has(kind)).toReversed();
  const apply = (some: Manifest[]): Promise<string> =>
    kubectl(['apply', '-f', '-'], some.map((manifest) => stringify(manifest)).join('---\n'));

  await apply(ofKind('Namespace'));
  await apply(others);
  await sleep(30_000);
  const waiting = databases.map((name) => waitsForDatabase(usersOf[name][0]));
  const saidSo = (await Promise.all(waiting)).every(Boolean);
  await apply(ofKind('StatefulSet'));
  const seconds = await awaitEverything();
  const restarted = await restarts();
  return {
    check: 'objects in reverse, databases 30 s after all others',
    expected: 'services wait and say so, 0 restarts',
    got: `${saidSo ? 'all said so' : 'not all said so'}, ready ${seconds.toFixed(0)} s later, ${restarted} restarts`,
    passed: saidSo && restarted === 0,
  };
}
