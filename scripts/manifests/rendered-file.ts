import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { read } from '../check/source.ts';
import { parseObjects, subjectOf, type KubernetesObject, type Rendering } from './objects.ts';

export const COMMITTED = 'deployment/tradepost.yaml';
const REMEDY = 'run npm run manifests -- --write deployment';

/** The objects of the committed file, which stand for the local overlay where there is no kubectl. */
export function readCommitted(root: string): KubernetesObject[] {
  return existsSync(join(root, COMMITTED)) ? parseObjects(read(root, COMMITTED)) : [];
}

/** Who applies the committed file gets what today's overlay says. Compared as objects: each kubectl writes its own YAML. */
export function staleFaults(root: string, local: Rendering): string[] {
  const committed = byName(readCommitted(root));
  const today = byName(local.objects);
  if (committed.size === 0) return [`${COMMITTED}  is not there: ${REMEDY}`];
  const stale = [...new Set([...committed.keys(), ...today.keys()])]
    .filter((name) => !isDeepStrictEqual(committed.get(name), today.get(name)))
    .sort();
  if (stale.length === 0) return [];
  return [`${COMMITTED}  is not what the local overlay says today of ${stale.join(', ')}: ${REMEDY}`];
}

function byName(objects: KubernetesObject[]): Map<string, KubernetesObject> {
  return new Map(objects.map((object) => [subjectOf(object), object]));
}
