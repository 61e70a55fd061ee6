import { expect, test } from '@jest/globals';
import { postalAddress } from '@tradepost/postal-address/postal-address.ts';

const home = { name: 'Ada Moor', line1: '1 Harbour Lane', city: 'Leiden', country: 'NL' };

test('an address needs somebody, a street, a city and a country; the rest may be left out', () => {
  expect(postalAddress.parse(home)).toEqual(home);
  const whole = { ...home, line2: 'Flat 2', region: 'South Holland', postalCode: '2312', phone: '+31 71' };
  expect(postalAddress.parse(whole)).toEqual(whole);
});

test.each(['name', 'line1', 'city', 'country'])('%s is needed', (field) => {
  expect(postalAddress.safeParse({ ...home, [field]: undefined }).success).toBe(false);
});

test.each([
  ['a country by its name', { country: 'Netherlands' }],
  ['a code that was given to nobody', { country: 'XX' }],
  ['a field of another kind', { planet: 'Earth' }],
  ['nothing but blanks', { line2: '  ' }],
])('refused is %s', (_what, fields) => {
  expect(postalAddress.safeParse({ ...home, ...fields }).success).toBe(false);
});
