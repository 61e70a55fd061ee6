import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { filesOf, type Breach } from './source.ts';

/** Every .ts of the tree is type-checked: a file outside tsconfig's include is one that nobody checks. */
export function typeCoverage(root: string): Breach[] {
  const compiler = join(root, 'node_modules/.bin/tsc');
  const shown = execFileSync(process.execPath, [compiler, '--showConfig'], { cwd: root, encoding: 'utf8' });
  const { files = [] } = JSON.parse(shown) as { files?: string[] };
  const checked = new Set(files.map((file) => file.replace(/^[.][/]/, '')));
  return filesOf(root, /[.]ts$/)
    .filter((file) => !checked.has(file))
    .map((file) => ({ file, message: 'outside the include of tsconfig.json' }));
}
