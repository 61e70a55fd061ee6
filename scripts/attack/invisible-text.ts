import { type Random, seededRandom } from '../prove/seeded-random.ts';
import type { Attack, Family } from './declare-attack.ts';
import { makeSample } from './make-sample.ts';
import { type AttackGround, freshKey } from './open-ground.ts';
import { type Operation, readOperations, resolve, type Schema } from './read-operations.ts';
import type { Answer } from './send.ts';
import { tellAll } from './tell-answer.ts';

/** Draws the whole of a schema: every optional member, one item of each list, the first of several branches. */
const everything: Random = {
  ...seededRandom('everything'),
  chance: () => true,
  int: (_lowest, highest) => Math.min(highest, 1),
  pick: <T>(items: readonly T[]) => items[0] as T,
};

type Place = string[];

/** The places of texts in a body that a filter lets through. */
function textsOf(given: Schema, fits: (schema: Schema) => boolean, path: Place = []): Place[] {
  const schema = resolve(given);
  const { anyOf: [first] = [], items, properties = {}, type } = schema;
  if (first !== undefined) return textsOf(first, fits, path);
  if (items !== undefined) return textsOf(items, fits, [...path, '0']);
  if (type === 'string') return fits(schema) ? [path] : [];
  return Object.entries(properties).flatMap(([name, inner]) => textsOf(inner, fits, [...path, name]));
}

function put(body: unknown, path: Place, value: string): void {
  const [name = '', ...rest] = path;
  const record = body as Record<string, unknown>;
  if (rest.length === 0) record[name] = value;
  else put(record[name], rest, value);
}

interface Oddity {
  name: string;
  values: readonly string[];
  /** Which texts must refuse them. */
  fits: (schema: Schema) => boolean;
}

/** One request for each text of a body and each value: only that text is odd. */
function sendEach(operation: Operation, { values, fits }: Oddity, ground: AttackGround): Promise<Answer[]> {
  const { method, body = {} } = operation;
  const path = operation.path.replace('/api/v1', '').replaceAll(/\{\w+\}/g, ground.buyer.id);
  const headers = { ...freshKey(), 'If-Match': '*' };
  const bodies = textsOf(body, fits).flatMap((place) =>
    values.map((value) => {
      const json = makeSample(body, everything);
      put(json, place, value);
      return json;
    }),
  );
  return Promise.all(
    bodies.map((json) => ground.call({ method, path, token: ground.admin.token, headers, json })),
  );
}

const inEveryBody = (oddity: Oddity): Attack => ({
  name: oddity.name,
  expected: '400',
  async run(ground) {
    const got = new Set<string>();
    for (const operation of readOperations()) {
      const told = tellAll(await sendEach(operation, oddity, ground));
      if (told !== '') got.add(told === '400' ? told : `${operation.method} ${operation.path}: ${told}`);
    }
    return [...got].join('; ');
  },
});

export const invisibleText: Family = {
  name: 'invisible text',
  attacks: [
    inEveryBody({
      name: 'nothing visible, in each text of each body that must have a character',
      values: ['\u200b', '\u2800', '\u3164', '\u00ad', '\u0301'],
      fits: ({ minLength, format }) => (minLength ?? 0) > 0 && format === undefined,
    }),
    inEveryBody({
      name: 'NUL and half of a surrogate pair, in each text of each body',
      values: ['a\0b', 'a\ud83e'],
      fits: ({ enum: choices, const: only }) => choices === undefined && only === undefined,
    }),
  ],
};
