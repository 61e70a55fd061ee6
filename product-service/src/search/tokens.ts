import { normalise, wordsOf } from './words.ts';

/**
 * What a token begins with: `zn` for words of the name, `zt` for those of name and description. With it no token is a stop
 * word or shorter than innodb_ft_min_token_size (3).
 */
export type Field = 'zn' | 'zt';
/** Below innodb_ft_max_token_size (84): the servers leave longer tokens out of the index. */
const indexedLength = 80;
const longestName = 768;

/**
 * Spells a word with `a-z`, `0-9` and `_`, which the parsers of both servers take as letters in any collation. Every other
 * code point becomes `_` and four digits of base 36, so the beginning of a word is spelled like the beginning of its token.
 */
export function toToken(field: Field, word: string): string {
  const spell = (letter: string): string => `_${(letter.codePointAt(0) ?? 0).toString(36).padStart(4, '0')}`;
  return `${field}${word.replace(/[^a-z0-9]/gu, spell)}`;
}

/** The part of a token that the FULLTEXT index is asked for; the columns decide about what is beyond. */
export function indexedPart(token: string): string {
  return token.slice(0, indexedLength);
}

/** A token that is too long for the index stands there twice: whole for the comparison, and cut for the index. */
function listTokens(field: Field, words: readonly string[]): string {
  const tokens = words.flatMap((word) => {
    const token = toToken(field, word);
    return [token, indexedPart(token)];
  });
  return ` ${[...new Set(tokens)].join(' ')} `;
}

/** The normalised name as `name_text` holds it: NFKC makes at most 768 characters of every name but a few. */
export function toNameText(name: string): string {
  return Array.from(normalise(name)).slice(0, longestName).join('');
}

/** The columns of `product_words` for the texts of a product. */
export function toWordColumns({ name, description }: { name: string; description: string }) {
  const nameWords = wordsOf(normalise(name));
  const textWords = [...nameWords, ...wordsOf(normalise(description))];
  return {
    nameText: toNameText(name),
    nameWords: listTokens('zn', nameWords),
    textWords: listTokens('zt', textWords),
  };
}
