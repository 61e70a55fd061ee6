import { expect, test } from '@jest/globals';
import { minorUnits } from '@tradepost/text-formats/currencies.ts';

test.each([
  ['HRK', 'euro in Croatia, 2023'],
  ['BGN', 'euro in Bulgaria, 2026'],
  ['ANG', 'replaced by XCG in 2025'],
  ['SLL', 'replaced by SLE in 2022'],
  ['ZWL', 'replaced by ZWG in 2024'],
  ['LTL', 'euro in Lithuania, 2015'],
  ['VEF', 'replaced by VES in 2018'],
])('%s has ended: %s', (code) => {
  expect(minorUnits.has(code)).toBe(false);
});

test.each([
  ['VED', 2],
  ['XCG', 2],
  ['SLE', 2],
  ['ZWG', 2],
  ['XAD', 2],
  ['MRU', 2],
  ['STN', 2],
  ['UYW', 4],
])('%s has begun, with %i digits', (code, digits) => {
  expect(minorUnits.get(code)).toBe(digits);
});

test.each([
  ['EUR', 2],
  ['JPY', 0],
  ['KWD', 3],
  ['CLF', 4],
  ['XOF', 0],
  ['MGA', 2],
])('%s has %i digits', (code, digits) => {
  expect(minorUnits.get(code)).toBe(digits);
});

test.each('XXX XTS XAU XAG XPT XPD XDR XSU XUA XBA XBB XBC XBD'.split(' '))(
  '%s has no minor unit, so no amount can be in it',
  (code) => {
    expect(minorUnits.has(code)).toBe(false);
  },
);

test.each(['eur', 'EURO', '', '__proto__', 'constructor', 'USS'])('"%s" is no currency', (code) => {
  expect(minorUnits.has(code)).toBe(false);
});
