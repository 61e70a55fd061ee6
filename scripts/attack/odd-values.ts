import type { Random } from '../prove/seeded-random.ts';

const deep = (open: string, close: string, levels: number): string =>
  `${open.repeat(levels)}1${close.repeat(levels)}`;

const numbers: unknown[] = [0, -1, 1.5, 2 ** 53, -(2 ** 63), 1e21, 1e308, Number.MIN_VALUE, -0];
const words: unknown[] = [
  '',
  ' ',
  'a'.repeat(300),
  'a'.repeat(70_000),
  '\0',
  'a\0b',
  '\r\nX-Injected: 1',
  '\u202edrawkcab',
  '\ufeff',
  '\ud800',
  '💥'.repeat(200),
  'é'.normalize('NFD').repeat(100),
  'ﷺ'.repeat(100),
  "' OR '1'='1",
  '"; DROP TABLE users; --',
  '../../../../etc/passwd',
  '${jndi:ldap://nobody.invalid/a}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '%00%0a%2e%2e',
  'NaN',
  'Infinity',
  '-0',
  '1e309',
  '9'.repeat(400),
  '0x10',
  'null',
  '2026-02-30T25:61:61Z',
  '0198a1b2-0000-7000-8000-00000000000g',
];
/** As JSON, so that each is made anew: it becomes part of a body in which the next oddity may be put. */
const shapes: string[] = [
  'null',
  'true',
  'false',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '{"$gt":""}',
  '{"toString":"x","length":1000000000}',
  '{"__proto__":{"roles":["admin"]}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  deep('[', ']', 200),
  deep('[', ']', 3_000),
  deep('{"a":', '}', 500),
  JSON.stringify(Array.from({ length: 2_000 }, () => 1)),
];

/** Something that nobody who means well would send. */
export function oddValue(random: Random): unknown {
  const kind = random.pick([numbers, words, shapes]);
  return kind === shapes ? JSON.parse(random.pick(shapes)) : random.pick(kind);
}

/** The same for a place that holds text: a query, a path, a header. */
export function oddText(random: Random): string {
  const value = oddValue(random);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.slice(0, 2_000);
}
