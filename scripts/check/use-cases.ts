import ts from 'typescript';
import { filesOf, lineOf, nodesOf, parse, type Breach } from './source.ts';

const TWO_WORDS_IN_A_FEATURE =
  /^[a-z-]+-(service|simulator)[/]src[/](?!clients[/])[a-z-]+[/][a-z]+(-[a-z]+)+[.]ts$/;

/**
 * verb-noun.ts in a feature exports one function of that name, opens with its story and knows no HTTP.
 * What such a file exports asynchronously makes it a use case; pure rules wait for nothing, clients are named so.
 */
export function useCases(root: string): Breach[] {
  return filesOf(root, TWO_WORDS_IN_A_FEATURE)
    .filter((file) => !file.endsWith('-client.ts'))
    .flatMap((file) => {
      const source = parse(root, file);
      const exported = source.statements.filter((statement) => isExported(statement) && !isType(statement));
      const expected = camelCase(file);
      const isUseCase = exported.some((item) => isAsynchronous(item) || namesOf(item).includes(expected));
      return isUseCase ? faultsOf(source, exported, expected) : [];
    });
}

function faultsOf(source: ts.SourceFile, exported: ts.Statement[], expected: string): Breach[] {
  const file = source.fileName;
  const faults: Breach[] = [];
  const names = exported.flatMap(namesOf);
  if (names.length !== 1 || names[0] !== expected) {
    faults.push({ file, message: `exports ${names.join(', ')}: one function ${expected} is expected` });
  }
  if (!hasHeader(source, exported)) {
    faults.push({ file, message: 'no header comment tells the story' });
  }
  for (const node of nodesOf(source)) {
    if (ts.isIdentifier(node) && /^(req|res)$/.test(node.text)) {
      faults.push({ file, line: lineOf(source, node), message: `"${node.text}": a use case knows no HTTP` });
    }
  }
  return faults;
}

function camelCase(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1, -'.ts'.length);
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function isExported(statement: ts.Statement): boolean {
  if (ts.isExportDeclaration(statement)) return true;
  if (!ts.canHaveModifiers(statement)) return false;
  return ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function isType(statement: ts.Statement): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  return ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
    return [statement.name?.text ?? 'default'];
  }
  return [statement.getText()];
}

function isAsynchronous(statement: ts.Statement): boolean {
  const values = ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.map(({ initializer }) => initializer)
    : [statement];
  return values.some((value) => {
    if (!value || !(ts.isFunctionDeclaration(value) || ts.isArrowFunction(value))) return false;
    const isAsync = value.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) ?? false;
    return isAsync || /^Promise\b/.test(value.type?.getText() ?? '');
  });
}

function hasHeader(source: ts.SourceFile, exported: ts.Statement[]): boolean {
  return [source.statements[0], ...exported].some(
    (statement) =>
      statement && ts.getLeadingCommentRanges(source.text, statement.getFullStart()) !== undefined,
  );
}
