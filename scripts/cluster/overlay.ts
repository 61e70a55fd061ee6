import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectl } from './kubectl.ts';

/** Applies the local overlay with one component on top, and perhaps a patch in YAML. */
export async function applyWith(component: string, patch = ''): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tradepost-'));
  try {
    await cp('deployment', directory, { recursive: true });
    const overlay = `kind: Kustomization\nresources: [overlays/local]\ncomponents: [components/${component}]\n${patch}`;
    await writeFile(join(directory, 'kustomization.yaml'), overlay);
    await kubectl(['apply', '-k', directory]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
