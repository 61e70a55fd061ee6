import type ts from 'typescript';
import { filesOf, lineOf, nodesOf, parse, type Breach } from './source.ts';

const LIMIT = 250;
const SCRIPT_LIMIT = 150;

/** A file is read in one sitting: 250 lines of code, a script 150. */
export function fileSize(root: string): Breach[] {
  return filesOf(root, /[.](ts|js|cjs)$/).flatMap((file) => {
    const limit = isScript(file) ? SCRIPT_LIMIT : LIMIT;
    const lines = linesOfCode(parse(root, file));
    return lines > limit ? [{ file, message: `${lines} lines of code, at most ${limit}` }] : [];
  });
}

function isScript(file: string): boolean {
  return file.startsWith('scripts/') && !file.includes('/test/');
}

/** Lines that hold a token: neither blank nor comment. */
function linesOfCode(source: ts.SourceFile): number {
  const lines = new Set<number>();
  for (const node of nodesOf(source)) {
    if (node.getChildCount() > 0 || node.getWidth() === 0) continue;
    const last = source.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
    for (let line = lineOf(source, node); line <= last; line++) lines.add(line);
  }
  return lines.size;
}
