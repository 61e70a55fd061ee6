import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';
import { cleanTree } from './clean-tree.ts';

/** Files of a tree by path; undefined takes one away. */
export type Tree = Record<string, string | undefined>;

const project = join(import.meta.dirname, '../../..');
const judges = [
  'tsconfig.json',
  'eslint.config.js',
  '.dependency-cruiser.cjs',
  '.prettierrc',
  '.prettierignore',
];
const planted: string[] = [];

afterAll(() => {
  for (const root of planted) rmSync(root, { recursive: true });
});

/** A small project that keeps every rule, judged by our own configuration, with these files on top. */
export function plant(changes: Tree = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'tradepost-check-'));
  planted.push(root);
  for (const file of judges) cpSync(join(project, file), join(root, file));
  installPackages(root);
  for (const [file, text] of Object.entries<string | undefined>({ ...cleanTree, ...changes })) {
    if (text === undefined) continue;
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

/** The packages of the project; the workspaces are those of the planted tree. */
function installPackages(root: string): void {
  mkdirSync(join(root, 'node_modules/@tradepost'), { recursive: true });
  for (const name of readdirSync(join(project, 'node_modules'))) {
    if (name !== '@tradepost')
      symlinkSync(join(project, 'node_modules', name), join(root, 'node_modules', name));
  }
  symlinkSync('../../service-kit', join(root, 'node_modules/@tradepost/service-kit'));
}

/** Puts the programs of the tree's tools/ in the place of the installed ones. */
export function replaceTools(root: string): void {
  for (const name of readdirSync(join(root, 'tools'))) chmodSync(join(root, 'tools', name), 0o755);
  rmSync(join(root, 'node_modules/.bin'));
  symlinkSync('../tools', join(root, 'node_modules/.bin'));
}
