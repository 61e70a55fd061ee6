import type { Random } from '../prove/seeded-random.ts';
import { makeSample, nobodysId } from './make-sample.ts';
import { oddText, oddValue } from './odd-values.ts';
import type { AttackGround } from './open-ground.ts';
import type { Operation, Parameter } from './read-operations.ts';
import type { Sending } from './send.ts';

type Json = Record<string, unknown> | unknown[];

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Deeper than any body that is documented: an oddity that was put in may go down thousands of levels. */
const deepest = 10;

/** Every place of a body, as a way to put something else there. */
function placesOf(value: Json, levels = deepest): ((odd: unknown) => void)[] {
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  return [...keys].flatMap((key) => {
    const record = value as Record<string | number, unknown>;
    const here = (odd: unknown): void => void (record[key] = odd);
    const inner = record[key];
    return isJson(inner) && levels > 1 ? [here, ...placesOf(inner, levels - 1)] : [here];
  });
}

const stray = (random: Random): string =>
  random.pick(['status', 'role', 'x', '', '__proto__', 'toString', '💥']);

/** Changes one to three places of a body, adds a field, leaves one out, or replaces the whole. */
function mutateBody(sample: unknown, random: Random): string {
  if (!isJson(sample) || random.chance(0.1)) return JSON.stringify(oddValue(random));
  for (let left = random.int(1, 3); left > 0; left -= 1) {
    const places = placesOf(sample);
    const add = (odd: unknown): void =>
      Array.isArray(sample) ? void sample.push(odd) : void (sample[stray(random)] = odd);
    random.pick([...places, add])(random.chance(0.1) ? undefined : oddValue(random));
  }
  const text = JSON.stringify(sample);
  return random.chance(0.05) ? text.slice(0, random.int(0, text.length)) : text;
}

/** A thing that is there, under the name of the path it stands in; else one that nobody has. */
function idFor(path: string, random: Random, { productId, orderId, paymentId, buyer }: AttackGround): string {
  const known: [string, string][] = [
    ['/products/', productId],
    ['/orders/', orderId],
    ['/payments/', paymentId],
    ['/users/', buyer.id],
  ];
  const found = known.find(([part]) => path.includes(part))?.[1];
  return found !== undefined && random.chance(0.7) ? found : nobodysId;
}

const encode = (text: string): string => encodeURIComponent(text.toWellFormed());

function fillPath({ path, streams }: Operation, random: Random, ground: AttackGround): string {
  return path.replaceAll(/\{\w+\}/g, () => {
    if (random.chance(0.2)) return encode(oddText(random)) || '%20';
    // A stream of what is there would not end.
    return streams ? nobodysId : idFor(path, random, ground);
  });
}

function fillQuery(parameters: readonly Parameter[], random: Random): string {
  const sent = parameters
    .filter(() => random.chance(0.6))
    .map(({ name, schema }) => {
      const value = random.chance(0.5) ? oddText(random) : String(makeSample(schema, random));
      return `${name}=${encode(value)}`;
    });
  if (random.chance(0.1)) sent.push(`${encode(stray(random))}=${encode(oddText(random))}`);
  if (random.chance(0.05) && sent[0] !== undefined) sent.push(sent[0]);
  return sent.length === 0 ? '' : `?${sent.join('&')}`.slice(0, 6_000);
}

/** Printable ASCII: what else a header may not hold, no client can send. */
const headerText = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 1_000);

function fillHeaders(parameters: readonly Parameter[], random: Random): Record<string, string> {
  const usual: Record<string, () => string> = {
    'If-Match': () => random.pick(['*', '"1"', 'W/"1"', '"99999999999999999999"', '1', '', '"a", "b"']),
    'Idempotency-Key': () => `key-${random.int(0, 2 ** 40)}`,
  };
  const sent = parameters
    .filter(() => random.chance(0.9))
    .map(({ name }) => {
      const make = random.chance(0.2) ? undefined : usual[name];
      return [name, make?.() ?? headerText(oddText(random))] as const;
    });
  return Object.fromEntries(sent);
}

function authorize(random: Random, { buyer, seller, admin }: AttackGround): Record<string, string> {
  const token = random.weigh([
    [5, buyer.token],
    [4, seller.token],
    [2, admin.token],
    [1, undefined],
  ] as const);
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}

/** One request to an operation with something odd in it; the same draws make the same request. */
export function mutate(operation: Operation, random: Random, ground: AttackGround): Sending {
  const of = (place: Parameter['in']): Parameter[] =>
    operation.parameters.filter((parameter) => parameter.in === place);
  const path = `${fillPath(operation, random, ground)}${fillQuery(of('query'), random)}`;
  const headers = { ...authorize(random, ground), ...fillHeaders(of('header'), random) };
  if (operation.body === undefined) return { method: operation.method, path, headers };
  // In a body an id is that of a product: most orders are of one that is there.
  const productId = random.chance(0.7) ? ground.productId : nobodysId;
  const body = mutateBody(makeSample(operation.body, random), random).replaceAll(nobodysId, productId);
  return {
    method: operation.method,
    path,
    headers: { 'Content-Type': 'application/json', ...headers },
    body,
  };
}
