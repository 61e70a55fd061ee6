import type ts from 'typescript';
import { lineOf, nodesOf } from './source.ts';

/** Lines that hold a token: neither blank nor comment. */
export function linesOfCode(source: ts.SourceFile): number {
  const lines = new Set<number>();
  for (const node of nodesOf(source)) {
    if (node.getChildCount() > 0 || node.getWidth() === 0) continue;
    const last = source.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
    for (let line = lineOf(source, node); line <= last; line++) lines.add(line);
  }
  return lines.size;
}
