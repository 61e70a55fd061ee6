import ts from 'typescript';
import { filesOf, lineOf, nodesOf, parse, type Breach } from './source.ts';

/** The kit's testing.ts is run by tests, which read what they like. */
const PRODUCTION_BUT_CONFIG = /^[a-z-]+[/]src[/](?!(config|testing)[.]ts$).+[.]ts$/;

/** Settings are read in config.ts: no process.env elsewhere, and no comment that silences the linter helps. */
export function environment(root: string): Breach[] {
  return filesOf(root, PRODUCTION_BUT_CONFIG).flatMap((file) => {
    const source = parse(root, file);
    return [...nodesOf(source)]
      .filter(readsEnvironment)
      .map((node) => ({ file, line: lineOf(source, node), message: 'process.env outside config.ts' }));
  });
}

function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return isProcess(node.expression) && node.name.text === 'env';
  if (ts.isElementAccessExpression(node)) {
    return isProcess(node.expression) && unquoted(node.argumentExpression) === 'env';
  }
  // const { env } = process
  if (ts.isBindingElement(node)) return isProcess(node.parent.parent.initializer) && namesEnv(node);
  // import { env } from 'node:process'
  if (ts.isImportSpecifier(node)) return /^(node:)?process$/.test(moduleOf(node)) && namesEnv(node);
  return false;
}

function isProcess(node: ts.Expression | undefined): boolean {
  return /^(globalThis[.])?process$/.test(node?.getText() ?? '');
}

function namesEnv(element: ts.BindingElement | ts.ImportSpecifier): boolean {
  return (element.propertyName ?? element.name).getText() === 'env';
}

function moduleOf(specifier: ts.ImportSpecifier): string {
  return unquoted(specifier.parent.parent.parent.moduleSpecifier);
}

function unquoted(literal: ts.Expression): string {
  return literal.getText().slice(1, -1);
}
