import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Copy } from './open-copy.ts';
import type { Project } from './project.ts';

export const FILE = 'tradepost.yaml';

const HEADER = `# The local overlay in one file: kubectl apply -f ${FILE}
# Written by npm run manifests -- --write DIRECTORY; change what it is made from.
`;

export interface Names {
  version: string;
  registry?: string;
}

/** The local overlay, its images named as they were pushed. Names of a registry are written in small letters. */
export async function writeRendering(
  copy: Copy,
  directory: string,
  images: { newName?: string; name: string; newTag: string }[],
): Promise<string> {
  const text = await copy.renderWith('written', { resources: ['../local'], images });
  const file = join(directory, FILE);
  const style = (await resolveConfig(import.meta.filename)) ?? {};
  mkdirSync(directory, { recursive: true });
  writeFileSync(file, await format(HEADER + text, { ...style, parser: 'yaml' }));
  return file;
}

export function imagesFor(
  { images }: Project,
  { version, registry }: Names,
): { name: string; newTag: string; newName?: string }[] {
  return images.map((image) => ({
    name: `tradepost/${image}`,
    newTag: version,
    ...(registry !== undefined && { newName: `${registry.toLowerCase()}/${image}` }),
  }));
}
