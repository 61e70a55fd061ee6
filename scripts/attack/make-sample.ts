import type { Random } from '../prove/seeded-random.ts';
import { resolve, type Schema } from './read-operations.ts';

/** An id that nothing has. */
export const nobodysId = '0198a1b2-0000-7000-8000-000000000000';

const bySign: Record<string, string> = {
  'idn-email': 'somebody@example.com',
  uuid: nobodysId,
  'date-time': '2026-11-20T12:00:00.000Z',
  date: '2026-11-20',
  // An address that nobody has (RFC 5737), and no name: looking one up may take longer than an answer.
  uri: 'https://203.0.113.1/hook',
};

/** Where a schema says less than the service demands, or says it in a pattern. */
const byName: Record<string, string> = {
  country: 'DE',
  token: 'tok_ok',
  code: '123456',
  phone: '+49 30 1234567',
  newPassword: 'a long enough phrase',
};

function sampleText({ format, pattern, minLength = 1 }: Schema): string {
  const known = bySign[format ?? ''];
  if (known !== undefined) return known;
  if (pattern?.includes('A-Z]{3}')) return 'EUR';
  return 'a word or two'.padEnd(minLength, ' and more');
}

function sampleObject({ properties = {}, required = [] }: Schema, random: Random): object {
  const wanted = Object.entries(properties).filter(([name]) => required.includes(name) || random.chance(0.5));
  return Object.fromEntries(
    wanted.map(([name, schema]) => [name, byName[name] ?? makeSample(schema, random)]),
  );
}

function sampleArray({ items = {}, minItems = 0 }: Schema, random: Random): unknown[] {
  return Array.from({ length: Math.max(minItems, random.int(0, 2)) }, () => makeSample(items, random));
}

function sampleOf(type: string | undefined, schema: Schema, random: Random): unknown {
  const makers: Record<string, () => unknown> = {
    object: () => sampleObject(schema, random),
    array: () => sampleArray(schema, random),
    string: () => sampleText(schema),
    integer: () => Math.max(schema.minimum ?? 0, 0) + random.int(0, 3),
    number: () => Math.max(schema.minimum ?? 0, 0) + random.int(0, 3),
    boolean: () => random.chance(0.5),
  };
  return makers[type ?? 'string']?.() ?? null;
}

/** A value that a schema may take: near enough to a good one that a single fault is what is found. */
export function makeSample(given: Schema, random: Random): unknown {
  const schema = resolve(given);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return random.pick(schema.enum);
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return makeSample(random.pick(branches), random);
  if (schema.allOf !== undefined)
    return Object.assign({}, ...schema.allOf.map((part) => makeSample(part, random))) as object;
  const type = Array.isArray(schema.type) ? random.pick(schema.type) : schema.type;
  return sampleOf(type ?? (schema.properties ? 'object' : undefined), schema, random);
}
