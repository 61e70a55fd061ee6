import ts from 'typescript';
import { filesOf, lineOf, nodesOf, parse, type Breach } from './source.ts';

/** The words of the marketplace, singular. What every service does the same way needs none of them. */
const BUSINESS = new Set(
  [
    'order cart checkout wishlist product catalogue category review deal coupon price goods shop marketplace',
    'seller buyer customer stock inventory warehouse reservation shipment parcel',
    'payment refund invoice ledger payout',
  ].flatMap((line) => line.split(' ')),
);

/** SQL and Sequelize sort by a word of their own. */
const SORTING = /\border by\b/gi;

/** The kit could serve another business tomorrow: no word of this one in its names and strings. */
export function kitWords(root: string): Breach[] {
  return filesOf(root, /^service-kit[/]src[/].+[.]ts$/).flatMap((file) => {
    const source = parse(root, file);
    return [...nodesOf(source)].flatMap((node) =>
      wordsOf(node)
        .filter((word) => BUSINESS.has(singular(word)))
        .map((word) => ({
          file,
          line: lineOf(source, node),
          message: `"${word}" is a word of the business`,
        })),
    );
  });
}

function wordsOf(node: ts.Node): string[] {
  if (ts.isIdentifier(node)) return isSortOption(node) ? [] : split(node.text);
  if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
    return split(node.text.replace(SORTING, ''));
  }
  return [];
}

function isSortOption(node: ts.Identifier): boolean {
  return node.text === 'order' && ts.isPropertyAssignment(node.parent) && node.parent.name === node;
}

function split(text: string): string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean);
}

function singular(word: string): string {
  return BUSINESS.has(word) ? word : word.replace(/ies$/, 'y').replace(/s$/, '');
}
