import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** One line that breaks one rule. */
export interface Breach {
  file: string;
  line?: number;
  message: string;
}

export type Rule = (root: string) => Breach[];

/** How a breach is told. */
export function lineFor({ file, line, message }: Breach): string {
  return `${line === undefined ? file : `${file}:${line}`}  ${message}`;
}

const FOREIGN = /^([.]git|node_modules|coverage|[.]data.*)$/;

/** Relative paths of the files below `root` that match, ours only. */
export function filesOf(root: string, pattern: RegExp, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !FOREIGN.test(entry.name))
    .flatMap((entry) => {
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isDirectory()) return filesOf(root, pattern, path);
      return pattern.test(path) ? [path] : [];
    })
    .sort();
}

export function read(root: string, file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

export function lineCount(text: string): number {
  return text.replace(/\n$/, '').split('\n').length;
}

export function parse(root: string, file: string): ts.SourceFile {
  return ts.createSourceFile(file, read(root, file), ts.ScriptTarget.Latest, true);
}

/** Every node below `node`, comments left out. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  for (const child of node.getChildren()) {
    if (ts.isJSDoc(child)) continue;
    yield child;
    yield* nodesOf(child);
  }
}

export function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
}
