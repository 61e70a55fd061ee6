import { findUnstorable, isVisible } from '@tradepost/text-formats/visible-text.ts';
import express, { type Request, type Response } from 'express';
import type { z } from 'zod';
import { type EntityTags, parseEntityTags } from './precondition.ts';
import { type FieldFault, idempotencyKeyMissing, unsupportedMediaType, validationFailed } from './problem.ts';

const bodyLimit = '1mb';
const readRaw = express.raw({ type: () => true, limit: bodyLimit });
const utf8 = new TextDecoder('utf-8', { fatal: true });

export interface InputSchemas {
  access?: unknown;
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** Whether the route reads If-Match. */
  versioned?: boolean | 'optional';
  /** Whether the route needs an Idempotency-Key. */
  idempotent?: boolean;
}

export interface RawInput {
  params: unknown;
  query: unknown;
  body: unknown;
  ifMatch: EntityTags | undefined;
  idempotencyKey: string | undefined;
}

/** RFC 6901: `~` and `/` inside a name are escaped. */
function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Each issue with the path of what it is about; of a union's branches the one that came closest speaks. */
function flatten(issues: readonly z.core.$ZodIssue[], prefix: PropertyKey[] = []): [PropertyKey[], string][] {
  return issues.flatMap((issue): [PropertyKey[], string][] => {
    const path = [...prefix, ...issue.path];
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => [[...path, key], 'is not a known field']);
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const closest = issue.errors.reduce((best, branch) => (branch.length < best.length ? branch : best));
      return flatten(closest, path);
    }
    return [[path, issue.message]];
  });
}

/** Reads the body as bytes, or throws 413 or 415: that comes before anybody is asked who they are. */
export async function readBody(req: Request, res: Response): Promise<Buffer | undefined> {
  const length = req.get('content-length');
  if (length === '0' || (length === undefined && req.get('transfer-encoding') === undefined))
    return undefined;
  if (!req.is('application/json')) throw unsupportedMediaType('Send the body as application/json.');
  await new Promise<void>((resolve, reject) => {
    readRaw(req, res, (error?: unknown) => (error instanceof Error ? reject(error) : resolve()));
  });
  return req.body as Buffer;
}

class Faults {
  readonly list: FieldFault[] = [];
  readonly #checksTexts: boolean;

  /** Texts from another service passed this check when they came in, or are older than it. */
  constructor({ access }: InputSchemas) {
    this.#checksTexts = access !== 'service';
  }

  /** Checks one part of the request; its faults join the list. */
  check(schema: z.ZodType | undefined, value: unknown, name: (path: PropertyKey[]) => FieldFault): unknown {
    if (schema === undefined) return undefined;
    for (const path of this.#checksTexts ? findUnstorable(value) : [])
      this.list.push({ ...name(path), message: 'must not contain NUL or half of a surrogate pair' });
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const [path, message] of flatten(parsed.error.issues)) this.list.push({ ...name(path), message });
    return undefined;
  }
}

const parameter = (path: PropertyKey[]): FieldFault => ({ parameter: String(path[0] ?? ''), message: '' });
const pointer = (path: PropertyKey[]): FieldFault => ({ pointer: toPointer(path), message: '' });

function parseBody(schema: z.ZodType | undefined, raw: Buffer | undefined, faults: Faults): unknown {
  if (schema === undefined) return undefined;
  try {
    const body: unknown = raw === undefined ? undefined : JSON.parse(utf8.decode(raw));
    return faults.check(schema, body, pointer);
  } catch {
    faults.list.push({ pointer: '', message: 'is not JSON in UTF-8' });
    return undefined;
  }
}

/** A write honours If-Match wherever it is sent; whether it must be sent, the use case knows. */
function parseIfMatch(req: Request, faults: Faults): EntityTags | undefined {
  const header = req.get('if-match');
  if (header === undefined || req.method === 'GET' || req.method === 'HEAD') return undefined;
  const tags = parseEntityTags(header);
  if (tags === undefined)
    faults.list.push({ parameter: 'If-Match', message: 'is not *, "version" or a list of these' });
  return tags;
}

/**
 * Parses what a route reads of a request.
 * @param schemas what the route declares
 * @param raw the bytes of the body
 * @throws 400 that names every fault of parameters, headers and body at once
 */
export function parseInput(schemas: InputSchemas, req: Request, raw: Buffer | undefined): RawInput {
  const faults = new Faults(schemas);
  const input: RawInput = {
    params: faults.check(schemas.params, req.params, parameter),
    query: faults.check(schemas.query, { ...req.query }, parameter),
    body: parseBody(schemas.body, raw, faults),
    ifMatch: parseIfMatch(req, faults),
    idempotencyKey: undefined,
  };
  if (schemas.idempotent) {
    const key = req.get('idempotency-key') ?? '';
    input.idempotencyKey = key;
    const keyFault = {
      parameter: 'Idempotency-Key',
      message: 'is needed: 1 to 255 characters, at least one of them visible, fresh for each new request',
    };
    if (key === '' && faults.list.length === 0) {
      throw idempotencyKeyMissing('Send an Idempotency-Key of 1 to 255 characters.', {
        members: { errors: [keyFault] },
      });
    }
    if (!isVisible(key) || key.length > 255) faults.list.push(keyFault);
  }
  if (faults.list.length > 0) throw validationFailed(faults.list);
  return input;
}
