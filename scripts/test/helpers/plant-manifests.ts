import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';
import { parseObjects, subjectOf, type Rendering } from '../../manifests/objects.ts';
import type { Project } from '../../manifests/project.ts';
import { HASH } from '../../manifests/references.ts';
import { COMMITTED } from '../../manifests/rendered-file.ts';

/** One object of the committed file changed: a piece of it, or all of it; without `to` it goes. */
export interface ManifestFault {
  rule: string;
  /** Kind/name, without the hash of a generated name; a new one where there is none of that name. Or none at all. */
  object?: string;
  from?: string;
  to?: string;
  /** A piece of the line that tells of it. */
  says: string;
  /** Where the file is said to be rendered from; the local overlay where nothing is said. */
  place?: Rendering['place'];
  facts?: Partial<Project>;
}

export const repository = join(import.meta.dirname, '../../..');
const planted: string[] = [];

afterAll(() => {
  for (const root of planted) rmSync(root, { recursive: true });
});

/** The committed file, which needs no kubectl, with one object changed. */
export function plantObject({ object, from, to = '', place = 'local' }: ManifestFault): Rendering {
  const documents = readFileSync(join(repository, COMMITTED), 'utf8').split(/^---\n/m);
  if (object === undefined) return { overlay: place, place, objects: parseObjects(documents.join('---\n')) };
  const index = documents.findIndex((text) =>
    parseObjects(text).some((one) => nameWithoutHash(one) === object),
  );
  const text = documents[index] ?? '';
  if (from !== undefined && !text.includes(from)) throw new Error(`${object} has no longer: ${from}`);
  const changed = from === undefined ? to : text.replace(from, () => to);
  documents.splice(index === -1 ? documents.length : index, 1, changed);
  return { overlay: place, place, objects: parseObjects(documents.join('---\n')) };
}

function nameWithoutHash(object: Rendering['objects'][number]): string {
  return subjectOf(object).replace(HASH, '');
}

/** Our deployment/ with files changed, or added. */
export function plantDeployment(changes: Record<string, (text: string) => string>): string {
  const root = mkdtempSync(join(tmpdir(), 'tradepost-deployment-'));
  planted.push(root);
  cpSync(join(repository, 'deployment'), join(root, 'deployment'), {
    recursive: true,
    filter: (source) => !source.endsWith('/production/secrets'),
  });
  for (const [name, change] of Object.entries(changes)) {
    const file = join(root, 'deployment', name);
    mkdirSync(dirname(file), { recursive: true });
    const text = readOrNothing(file);
    const changed = change(text);
    if (changed === text) throw new Error(`${name} is as it was`);
    writeFileSync(file, changed);
  }
  return root;
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
