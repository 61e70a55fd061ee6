import { expect, test } from '@jest/globals';
import { phone, toE164 } from '@tradepost/postal-address/phone-number.ts';

test.each([
  '(555) 123-4567',
  '+49 (30) 1234-567',
  '030/1234567',
  '+31 71',
  '555.123.4567 ext. 12',
  '٠١٢٣٤٥٦٧٨٩',
  '5',
])('%s is taken as it is written', (written) => {
  expect(phone.parse(written)).toBe(written);
});

test.each([
  ['nothing', ''],
  ['blanks', '   '],
  ['words', 'call me'],
  ['signs without a digit', '+()-'],
  ['a superscript', '²'],
  ['31 characters', '5'.repeat(31)],
])('%s is refused', (_what, written) => {
  expect(phone.safeParse(written).success).toBe(false);
});

test.each([
  ['+44 20 7946 0000', undefined, '+442079460000'],
  ['+44 (0)20 7946 0000', undefined, '+442079460000'],
  ['+49 (30) 1234-567', undefined, '+49301234567'],
  ['(555) 123-4567', 'US', '+15551234567'],
  ['030 1234567', 'DE', '+49301234567'],
  ['020 7946 0000', 'GB', '+442079460000'],
  ['+44 20 7946 0000', 'DE', '+442079460000'],
  ['(213) 373-4253 ext. 12', 'US', '+12133734253'],
])('%s in %s is %s', async (written, country, expected) => {
  expect(await toE164(written, country)).toBe(expected);
});

test.each([
  ['(555) 123-4567', undefined],
  ['+31 71', undefined],
  [null, 'DE'],
  ['12', 'DE'],
  ['020 7946 0000', 'AQ'],
  ['+999 123456789', undefined],
])('%s in %s has no E.164 form', async (written, country) => {
  expect(await toE164(written, country)).toBeNull();
});
