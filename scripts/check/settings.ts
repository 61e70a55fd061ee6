import ts from 'typescript';
import { filesOf, lineOf, nodesOf, parse, read, type Breach } from './source.ts';

const DOCUMENT = '.env.example';
const NAME = /^[A-Z][A-Z0-9_]*$/;

/** Every setting that a config.ts declares stands in .env.example, and the reverse. */
export function settings(root: string): Breach[] {
  const declared = filesOf(root, /^[a-z-]+[/]src[/]config[.]ts$/).flatMap((file) => settingsOf(root, file));
  const documented = namesIn(root);
  const known = new Set(declared.map(({ name }) => name));
  return [
    ...declared
      .filter(({ name }) => !documented.has(name))
      .map(({ file, line, name }) => ({ file, line, message: `${name} is missing in ${DOCUMENT}` })),
    ...[...documented]
      .filter((name) => !known.has(name))
      .map((name) => ({ file: DOCUMENT, message: `${name} is read by no config.ts` })),
  ];
}

/** Read, not run: a config.ts may end the process when a setting is missing. */
function settingsOf(root: string, file: string): { file: string; line: number; name: string }[] {
  const source = parse(root, file);
  return [...nodesOf(source)]
    .filter((node) => ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node))
    .map((node) => ({ file, line: lineOf(source, node), name: node.name.getText() }))
    .filter(({ name }) => NAME.test(name));
}

/** NAME=value, or # NAME=value for one that is optional. */
function namesIn(root: string): Set<string> {
  const lines = filesOf(root, /^[.]env[.]example$/).flatMap((file) => read(root, file).split('\n'));
  return new Set(lines.flatMap((line) => /^#? ?([A-Z][A-Z0-9_]*)=/.exec(line)?.[1] ?? []));
}
