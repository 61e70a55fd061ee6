import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';

export interface Change {
  file: string;
  /** The piece of the file that goes; nothing for a file that is new. */
  from?: string;
  to: string;
}

export interface Fault extends Change {
  part: string;
  /** A piece of the line that tells of it. */
  says: string;
}

export const ci = '.github/workflows/ci.yml';
export const release = '.github/workflows/release.yml';
export const deploy = '.github/workflows/deploy.yml';

const project = join(import.meta.dirname, '../../..');
const planted: string[] = [];

afterAll(() => {
  for (const root of planted) rmSync(root, { recursive: true });
});

/** Our .github with one thing changed. */
export function plantWorkflows({ file, from, to }: Change): string {
  const root = mkdtempSync(join(tmpdir(), 'tradepost-workflows-'));
  planted.push(root);
  for (const kept of ['.github', 'package.json']) {
    cpSync(join(project, kept), join(root, kept), { recursive: true });
  }
  mkdirSync(dirname(join(root, file)), { recursive: true });
  const text = from === undefined ? '' : readFileSync(join(root, file), 'utf8');
  if (from !== undefined && !text.includes(from)) throw new Error(`${file} has no longer: ${from}`);
  writeFileSync(join(root, file), from === undefined ? to : text.replace(from, () => to));
  return root;
}
