import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseSearch } from '../src/search/parse-search.ts';
import { indexedPart, toToken, toWordColumns } from '../src/search/tokens.ts';
import { normalise, wordsOf } from '../src/search/words.ts';

test.each<[string, string[]]>([
  ['16-07 steel bolt', ['16', '07', 'steel', 'bolt']],
  ['WH_1000XM4 headphones', ['wh', '1000xm4', 'headphones']],
  ['AT&T', ['at', 't']],
  ['c++', ['c']],
  ['ÉCOLE E\u0301cole', ['ecole', 'ecole']],
  ['ﬁne ① Ⅷ ½ ｗｉｄｅ', ['fine', '1', 'viii', '1', '2', 'wide']],
  ['Straße Ёлка Йод', ['straße', 'елка', 'иод']],
  ['ΟΔΟΣ οδος', ['οδοσ', 'οδοσ']],
  ['İstanbul', ['istanbul']],
  ['ชาไทย हिन्दी', ['ชาไทย', 'हिन्दी']],
  ['한국어', ['한국어']],
  ['東', ['東']],
  ['東京', ['東京']],
  ['東京都', ['東京', '京都']],
  ['コーヒー豆', ['コー', 'ーヒ', 'ヒー', 'ー豆']],
  ['か\u3099く', ['がく']],
  ['葛\u{E0100}飾区', ['葛\u{E0100}飾', '飾区']],
  ['iPhone15東京x', ['iphone15', '東京', 'x']],
  ['☀️Sunscreen', ['sunscreen']],
  ['"a" -b*', ['a', 'b']],
  ['😀 ☀️ !?-', []],
])('%j has the words %j', (text, words) => {
  expect(wordsOf(normalise(text))).toEqual(words);
});

test('a query counts ten words, and is nothing without one', () => {
  expect(parseSearch('😀')).toBeUndefined();
  expect(parseSearch('a b c d e f g h i j k l')?.inText).toHaveLength(10);
  expect(parseSearch('東京都千代田区丸の内一丁目')?.inText).toHaveLength(10);
});

const letters = fc.constantFrom('a', 'z', '0', '9', 'ß', 'я', 'ก', '東', '𐐨', '_0');
const word = fc.array(letters, { minLength: 1, maxLength: 40 }).map((parts) => parts.join(''));

test('a token begins with another exactly where the words do, and has only what both parsers take as letters', () => {
  fc.assert(
    fc.property(word, word, (one, other) => {
      const [token, start] = [
        toToken('zt', one.replaceAll('_', '')),
        toToken('zt', other.replaceAll('_', '')),
      ];
      expect(token.startsWith(start)).toBe(one.replaceAll('_', '').startsWith(other.replaceAll('_', '')));
      expect(token).toMatch(/^zt[a-z0-9_]+$/);
    }),
    { seed: 16, numRuns: 500 },
  );
});

test('every word has a token that the index takes', () => {
  fc.assert(
    fc.property(word, (text) => {
      const { textWords } = toWordColumns({ name: text, description: '' });
      for (const each of wordsOf(normalise(text))) {
        const part = indexedPart(toToken('zt', each));
        expect(textWords.split(' ').some((token) => token.startsWith(part) && token.length <= 84)).toBe(true);
      }
    }),
    { seed: 17, numRuns: 500 },
  );
});
