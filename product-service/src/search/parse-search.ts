import { indexedPart, toNameText, toToken, type Field } from './tokens.ts';
import { normalise, wordsOf } from './words.ts';

/** More words of a query than these are ignored. */
const countedWords = 10;

/** A query as SQL about the row `words` of product_words. */
export interface Search {
  /** Per word, whether a word of name or description begins with it. */
  inText: string[];
  /** Per word, whether a word of the name begins with it. */
  inName: string[];
  /** Whether all words are in name or description. */
  matches: string;
  /** How well a product fits that matches: 4 the name is the query, 3 it begins so, 2 it has all words, 1 it has not. */
  rank: string;
  /** Replacements of the parts above. */
  values: Record<string, string>;
  /** The condition that lets the FULLTEXT index find the products with one word; a token longer than indexed may match more. */
  indexed: (field: Field, word: number) => string;
}

const test = (column: string, name: string): string => `LOCATE(:${name}, words.${column}) > 0`;

/**
 * Reads a query: its first ten words and, for the rank, its text.
 * @returns undefined when it has no word, which finds nothing
 */
export function parseSearch(q: string): Search | undefined {
  const words = [...new Set(wordsOf(normalise(q)).slice(0, countedWords))];
  if (words.length === 0) return undefined;
  const inText = words.map((_, index) => test('text_words', `zt${index}`));
  const inName = words.map((_, index) => test('name_words', `zn${index}`));
  const nameText = toNameText(q);
  const values = Object.fromEntries(
    words.flatMap((word, index) =>
      (['zn', 'zt'] as const).flatMap((field) => {
        const token = toToken(field, word);
        return [
          // In the columns a blank stands before each token.
          [`${field}${index}`, ` ${token}`],
          // MySQL manual 14.9.2: "+" demands a word, "*" lets it go on.
          [`${field}${index}Indexed`, `+${indexedPart(token)}*`],
        ];
      }),
    ),
  );
  return {
    inText,
    inName,
    matches: `(${inText.join(' AND ')})`,
    rank: `CASE WHEN words.name_text = :nameText THEN 4 WHEN words.name_text LIKE :nameStart THEN 3
                WHEN ${inName.join(' AND ')} THEN 2 ELSE 1 END`,
    values: { ...values, nameText, nameStart: `${nameText.replace(/[\\%_]/g, '\\$&')}%` },
    indexed: (field, word) =>
      `MATCH (words.name_words, words.text_words) AGAINST (:${field}${word}Indexed IN BOOLEAN MODE)`,
  };
}
