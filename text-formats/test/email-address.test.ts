import { expect, test } from '@jest/globals';
import { toMailbox } from '@tradepost/text-formats/email-address.ts';

const label = (length: number): string => 'a'.repeat(length);
/** A domain of this many bytes, in labels of at most 63. */
const domainOf = (length: number): string =>
  `${[63, 63, 63].map(label).join('.')}.${label(length - 192 - 4)}.org`;

test.each([
  ['a plain one', 'ada@example.org', 'ada@example.org'],
  ['capitals', 'Ada@Example.ORG', 'ada@example.org'],
  [
    'every special character of an atom',
    "!#$%&'*+-/=?^_`{|}~@example.org",
    "!#$%&'*+-/=?^_`{|}~@example.org",
  ],
  ['an ampersand', 'a&b@example.com', 'a&b@example.com'],
  ['dots', 'a.b.c@mail.example.org', 'a.b.c@mail.example.org'],
  ['a hyphen at the ends of the local part', '-a-@example.org', '-a-@example.org'],
  ['a top-level domain as A-label', 'k@firma.xn--p1ai', 'k@firma.xn--p1ai'],
  ['a domain in Unicode', 'k@фирма.рф', 'k@xn--80apmps.xn--p1ai'],
  ['a domain in Unicode with capitals', 'k@MÜNCHEN.example', 'k@xn--mnchen-3ya.example'],
  ['a domain in the decomposed form', 'k@mu\u0308nchen.example', 'k@xn--mnchen-3ya.example'],
  ['an A-label in capitals', 'k@XN--MNCHEN-3YA.example', 'k@xn--mnchen-3ya.example'],
  ['two hyphens in the third place', 'k@r3---sn.example.org', 'k@r3---sn.example.org'],
  ['digits in a label', 'k@4chan.123.org', 'k@4chan.123.org'],
  ['a label of one character', 'k@x.co', 'k@x.co'],
  ['64 bytes before the @', `${label(64)}@example.org`, `${label(64)}@example.org`],
  ['a label of 63 bytes', `k@${label(63)}.org`, `k@${label(63)}.org`],
  ['254 bytes', `${label(1)}@${domainOf(252)}`, `a@${domainOf(252)}`],
])('an address with %s is taken', (_what, given, kept) => {
  expect(toMailbox(given)).toBe(kept);
});

test.each([
  ['nothing', ''],
  ['no @', 'nobody'],
  ['no @, and an emoji', '🦉🐎'],
  ['half of a surrogate pair', 'a\ud83e@example.org'],
  ['half of a surrogate pair in the domain', 'a@\ud83e.org'],
  ['NUL', 'a\0@example.org'],
  ['two', 'a@b@example.org'],
  ['nothing before the @', '@example.org'],
  ['nothing behind it', 'a@'],
  ['a dot at the start', '.a@example.org'],
  ['a dot at the end of the local part', 'a.@example.org'],
  ['two dots', 'a..b@example.org'],
  ['a blank', 'a b@example.org'],
  ['a line break', 'a@example.org\n'],
  ['a tab in the domain', 'a@exam\tple.org'],
  ['a quoted local part', '"a b"@example.org'],
  ['a local part in Unicode (SMTPUTF8)', 'kä@example.org'],
  ['a Kelvin sign, which is k in lower case', '\u212a@example.org'],
  ['65 bytes before the @', `${label(65)}@example.org`],
  ['a label of 64 bytes', `k@${label(64)}.org`],
  ['a Unicode label whose A-label has more than 63 bytes', `k@${'ü'.repeat(60)}${label(20)}.org`],
  ['255 bytes', `${label(1)}@${domainOf(253)}`],
  ['a label that begins with a hyphen', 'k@-example.org'],
  ['a label that ends with a hyphen', 'k@example-.org'],
  ['an empty label', 'k@example..org'],
  ['a dot behind the domain', 'k@example.org.'],
  ['a percent sign in the domain', 'k@ex%61mple.org'],
  ['an underscore in the domain', 'k@ex_ample.org'],
  ['a slash in the domain', 'k@example.org/x'],
  ['a port', 'k@example.org:25'],
  ['an IPv4 address', 'k@127.0.0.1'],
  ['an IPv4 address in hexadecimal', 'k@0x7f.1'],
  ['an address literal', 'k@[127.0.0.1]'],
  ['a single label', 'k@localhost'],
  ['a comment', 'k(a)@example.org'],
  ['a name beside it', 'Ada <ada@example.org>'],
])('an address with %s is refused', (_what, given) => {
  expect(toMailbox(given)).toBeUndefined();
});
