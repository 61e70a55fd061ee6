import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectl } from './kubectl.ts';

/** What goes beside the kustomization: names and texts of files. */
export type Files = Record<string, string>;

/** Applies the local overlay with more lines of a kustomization on top of it. */
export async function applyWith(kustomization: string, files: Files = {}): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tradepost-'));
  try {
    await cp('deployment', directory, { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    const whole = `kind: Kustomization\nnamespace: tradepost\nresources: [overlays/local]\n${kustomization}`;
    await writeFile(join(directory, 'kustomization.yaml'), whole);
    await kubectl(['apply', '-k', directory]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
