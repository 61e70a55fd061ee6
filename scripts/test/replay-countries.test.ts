import { expect, test } from '@jest/globals';
import { countryCode } from '../replay/country-codes.ts';

test.each([
  ['DE', 'DE'],
  ['gb', 'GB'],
  ['Nigeria', 'NG'],
  ["Cote d'Ivoire", 'CI'],
  ['C\u00f4te d\u2019Ivoire', 'CI'],
  ['IVORY COAST', 'CI'],
  ['Curacao', 'CW'],
  ['St. Lucia', 'LC'],
  ['Bahamas', 'BS'],
  ['The Bahamas', 'BS'],
  ['Antigua & Barbuda', 'AG'],
  ['Korea (the Republic of)', 'KR'],
  ["Korea (the Democratic People's Republic of)", 'KP'],
  ['Moldova', 'MD'],
  ['Moldova, Republic of', 'MD'],
  ['Iran (Islamic Republic of)', 'IR'],
  ['Bolivia (Plurinational State of)', 'BO'],
  ['Tanzania, the United Republic of', 'TZ'],
  ['Taiwan (Province of China)', 'TW'],
  ['Congo', 'CG'],
  ['Congo (the Democratic Republic of the)', 'CD'],
  ['Virgin Islands (British)', 'VG'],
  ['U.S. Virgin Islands', 'VI'],
  ['Viet Nam', 'VN'],
  ['Vietnam', 'VN'],
  ['Laos', 'LA'],
  ['Hong Kong', 'HK'],
  ['Czech Republic', 'CZ'],
  ['Turkey', 'TR'],
  ['Niger', 'NE'],
  ['Guinea', 'GN'],
  ['Ireland', 'IE'],
  ['EIRE', 'IE'],
  ['RSA', 'ZA'],
  ['USA', 'US'],
  ['UK', 'GB'],
  ['Channel Islands', 'JE'],
  ['European Community', 'BE'],
  ['Unspecified', 'GB'],
])('%s is %s', (name, code) => {
  expect(countryCode(name)).toBe(code);
});

test.each(['', ' ', 'XX', 'XK', 'Atlantis', 'constructor', ')', ',', 'the'])('%j is none', (name) => {
  expect(countryCode(name)).toBeUndefined();
});

test('every name that the Unicode CLDR has for an assigned code is known', () => {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
  const assigned = letters
    .flatMap((a) => letters.map((b) => a + b))
    .filter((code) => countryCode(code) === code);
  expect(assigned).toHaveLength(249);
  expect(assigned.filter((code) => countryCode(names.of(code) ?? '') !== code)).toEqual([]);
});
