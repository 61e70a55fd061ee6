import { expect, test } from '@jest/globals';
import { findUnstorable, isStorable, isVisible } from '@tradepost/text-formats/visible-text.ts';

test.each([
  ['nothing', ''],
  ['blanks', ' \t\r\n\u00a0\u3000'],
  ['a zero width space', '\u200b'],
  ['a word joiner and a byte order mark', '\u2060\ufeff'],
  ['a soft hyphen', '\u00ad'],
  ['a blank Braille pattern', '\u2800'],
  ['Hangul fillers', '\u3164\u115f\u1160\uffa0'],
  ['a variation selector', '\ufe0f'],
  ['a tag character', '\u{e0041}'],
  ['a combining accent alone', '\u0301'],
  ['a combining grapheme joiner', '\u034f'],
  ['an override of the direction', '\u202e'],
  ['a control character', '\u0007'],
  ['a null notehead', '\u{1d159}'],
  ['a private character', '\ue000'],
  ['all of these', '\u200b\u2800\u3164\u00ad\ufe0f\u0301 \u0007'],
])('%s is not visible', (_what, value) => {
  expect(isVisible(value)).toBe(false);
});

test.each([
  ['a letter', 'a'],
  ['a letter that is put together', 'e\u0301'],
  ['a letter between characters that are not visible', '\u200ba\u200b'],
  ['a digit', '7'],
  ['punctuation', '.'],
  ['a Chinese character', '王'],
  ['a Thai syllable', 'น้ำ'],
  ['an emoji', '🦉'],
  ['a Braille pattern with dots', '⠓'],
  ['a Hangul syllable', '한'],
])('%s is visible', (_what, value) => {
  expect(isVisible(value)).toBe(true);
});

test.each([
  ['NUL', '\0', false],
  ['NUL in a word', 'a\0b', false],
  ['half of a surrogate pair', 'a\ud83e', false],
  ['the other half', '\udd89a', false],
  ['both halves', '🦉', true],
  ['another control character', '\u0001', true],
  ['nothing', '', true],
])('a database keeps %s unchanged: %#', (_what, value, expected) => {
  expect(isStorable(value)).toBe(expected);
});

test('each text that is not storable is found by its path, down to ten levels', () => {
  const value = { a: 'fine', b: ['x', '\0', { c: '\ud800' }], d: null, e: 7, f: '\0' };
  expect(findUnstorable(value)).toEqual([['b', '1'], ['b', '2', 'c'], ['f']]);
  const nested = (levels: number): unknown =>
    JSON.parse(`${'['.repeat(levels)}"\\u0000"${']'.repeat(levels)}`);
  expect(findUnstorable(nested(9))).toHaveLength(1);
  expect(findUnstorable(nested(10_000))).toEqual([]);
});
