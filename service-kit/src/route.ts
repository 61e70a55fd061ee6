import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import type { Authenticate, Caller } from './authenticate.ts';
import { type KeptAnswer, type KeyedRequest, keyedRequest } from './idempotency.ts';
import { type EntityTags, etag, matchesView, parseEntityTags, type Version } from './precondition.ts';
import { forbidden, methodNotAllowed, type ProblemType, unavailable } from './problem.ts';
import { currentContext } from './request-context.ts';
import { parseInput, readBody } from './request-input.ts';
import { countAsStream } from './shed-load.ts';

/** Who may call a route: anyone (a token is read when sent, with `optional`), every user, some roles, another service. */
export type Access = 'anyone' | 'optional' | 'user' | 'service' | { roles: readonly string[] };
type CallerOf<A extends Access> = A extends 'anyone'
  ? undefined
  : A extends 'optional'
    ? Caller | undefined
    : Caller;
type Output<S> = S extends z.ZodType ? z.output<S> : undefined;
type Answers = Record<number, z.ZodType | null>;

/** One of the declared answers: its status, a body that fits that status's schema, and what its ETag is made of. */
type Reply<R extends Answers> = {
  [S in keyof R & number]: Partial<Version> & {
    status: S;
    body: R[S] extends z.ZodType ? z.input<R[S]> : null;
    headers?: Record<string, string>;
  };
}[keyof R & number];

/** Server-sent events (HTML standard, section 9.2), one string for each; the reader may leave at any time. */
interface EventStream {
  status: 200;
  events: AsyncIterable<string>;
}

interface HandlerInput<P, Q, B, A extends Access, K> {
  params: Output<P>;
  query: Output<Q>;
  body: Output<B>;
  caller: CallerOf<A>;
  ifMatch: EntityTags | undefined;
  keyed: K extends true ? KeyedRequest : undefined;
  /** Of a reader of events who comes back. */
  lastEventId: string | undefined;
}

interface RouteOptions<P, Q, B, A extends Access, R extends Answers, K, H> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** In OpenAPI's form: `/things/{thingId}`. */
  path: string;
  summary: string;
  access: A;
  params?: P;
  query?: Q;
  body?: B;
  /** Reads If-Match; without it the route answers 428, unless it is only honoured when sent. */
  versioned?: boolean | 'optional';
  /** Needs an Idempotency-Key. */
  idempotent?: K;
  /** Answers 200 as events, as long as the reader stays. */
  streams?: true;
  /** Cache-Control of an answer that needs no token. */
  cache?: string;
  answers: R;
  problems?: readonly ProblemType[];
  handle(input: HandlerInput<P, Q, B, A, K>): Promise<H> | H;
}

type Schema = z.ZodType | undefined;
// The parts of a route differ in type; what reads all routes alike sees them without it.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Route = RouteOptions<any, any, any, Access, Answers, any, AnyReply>;
type AnyReply = Reply<Answers> | KeptAnswer | EventStream;

const deadlineMs = 5_000;

/** Declares an endpoint: its path, who may call it, what goes in, what comes out, and the code between the two. */
export function route<
  P extends Schema = undefined,
  Q extends Schema = undefined,
  B extends Schema = undefined,
  const A extends Access = Access,
  const R extends Answers = Answers,
  const K extends boolean = false,
  // Inferred by itself, so that the statuses in the handler's answers stay literal.
  const H extends Reply<R> | KeptAnswer | EventStream = Reply<R> | KeptAnswer,
>(options: RouteOptions<P, Q, B, A, R, K, H>): Route {
  return { query: z.strictObject({}), ...options } as Route;
}

async function identify(access: Access, authorization: string | undefined, authenticate: Authenticate) {
  if (access === 'anyone' || (access === 'optional' && authorization === undefined)) return undefined;
  const caller = await authenticate(authorization);
  if (typeof access === 'object' && !access.roles.some((role) => caller.roles.includes(role))) {
    throw forbidden(`This needs one of the roles: ${access.roles.join(', ')}.`);
  }
  return caller;
}

/** Nobody waits longer than 5 s after they came for a database that hangs; what they began may still come to its end. */
export async function withDeadline<T>(work: Promise<T> | T): Promise<T> {
  const timer = new AbortController();
  const waitedMs = performance.now() - (currentContext()?.arrivedAt ?? performance.now());
  const deadline = sleep(Math.max(0, deadlineMs - waitedMs), undefined, {
    signal: timer.signal,
    ref: false,
  }).then(() => {
    throw unavailable('The answer takes too long; try again, with the same Idempotency-Key if you sent one.');
  });
  deadline.catch(() => undefined);
  try {
    return await Promise.race([work, deadline]);
  } finally {
    timer.abort();
  }
}

function cacheControl(endpoint: Route, req: Request): string {
  if (endpoint.access !== 'anyone' && req.get('authorization') !== undefined) return 'private, no-cache';
  return endpoint.cache ?? (endpoint.method === 'get' ? 'public, max-age=1' : 'no-store');
}

/** @param identifyCaller runs before each event: the stream ends when the token has expired or no longer counts */
async function sendEvents(res: Response, { events }: EventStream, identifyCaller: () => Promise<unknown>) {
  countAsStream(res);
  const left = once(res, 'close');
  // Nginx would gather them until its buffer is full.
  res.type('text/event-stream').set('X-Accel-Buffering', 'no').flushHeaders();
  if (res.req.method === 'HEAD') return void res.end();
  const iterator = events[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([iterator.next(), left]);
    const [identified] = await Promise.allSettled([identifyCaller()]);
    if (Array.isArray(next) || next.done || identified.status === 'rejected') break;
    res.write(next.value);
  }
  void iterator.return?.();
  res.end();
}

function sendKept(res: Response, { text, replayed }: KeptAnswer): void {
  if (replayed) res.set('Idempotency-Replayed', 'true');
  res.send(text);
}

/** Whether a read asks for what its sender has already (RFC 9110 section 13.1.2). */
function isKnown(req: Request, tag: string): boolean {
  const known = parseEntityTags(req.get('if-none-match') ?? '');
  return (req.method === 'GET' || req.method === 'HEAD') && known !== undefined && matchesView(known, tag);
}

function sendReply(res: Response, req: Request, reply: { body: unknown } & Partial<Version>): void {
  const { body, version, otherView = false } = reply;
  const tag = version === undefined ? undefined : etag({ version, otherView }, body);
  if (tag !== undefined) res.set('ETag', tag);
  if (tag !== undefined && isKnown(req, tag)) res.status(304).end();
  else if (body === null) res.end();
  else res.type('application/json').send(JSON.stringify(body));
}

function serve(endpoint: Route, authenticate: Authenticate): RequestHandler {
  return async (req, res) => {
    res.locals.route = endpoint.path;
    // Refusals depend on the caller as well as the answer does.
    if (endpoint.access !== 'anyone') res.vary('Authorization');
    const raw = endpoint.body ? await readBody(req, res) : undefined;
    const identifyCaller = () => identify(endpoint.access, req.get('authorization'), authenticate);
    const caller = await identifyCaller();
    const { idempotencyKey, ...input } = parseInput(endpoint, req, raw);
    const path = canonicalPath(endpoint, req, input.params);
    res.locals.path = path;
    const keyed =
      caller && idempotencyKey !== undefined
        ? describeKeyed(req, caller, { path, key: idempotencyKey, body: input.body })
        : undefined;
    const lastEventId = req.get('last-event-id');
    const reply = await withDeadline(endpoint.handle({ ...input, caller, keyed, lastEventId }));
    const headers = 'headers' in reply ? reply.headers : {};
    res.status(reply.status).set({ 'Cache-Control': cacheControl(endpoint, req), ...headers });
    if ('events' in reply) await sendEvents(res, reply, identifyCaller);
    else if ('text' in reply) sendKept(res, reply);
    else sendReply(res, req, reply);
  };
}

/**
 * The path of a request with its parameters as parsed: one spelling for each resource, with ids in lower case. It equals
 * the path as sent of all clients that take ids from answers, so keys from before this rule keep their scope.
 */
function canonicalPath({ path }: Route, req: Request, params: unknown): string {
  const values = (params ?? {}) as Record<string, string>;
  return (
    req.baseUrl +
    path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(values[name] ?? ''))
  );
}

function describeKeyed(
  req: Request,
  caller: Caller,
  { path, key, body }: { path: string; key: string; body: unknown },
): KeyedRequest {
  const requestId = currentContext()?.requestId ?? '';
  return keyedRequest({ callerId: caller.id, method: req.method, path, key, body, requestId });
}

function byPath(routes: readonly Route[]): [string, Route[]][] {
  const groups = Map.groupBy(routes, ({ path }) => path);
  // A literal path goes before one with a parameter that would swallow it.
  return [...groups].sort(([a], [b]) => a.split('{').length - b.split('{').length);
}

/** A path of a router; its type is not that of its path, which Express would infer parameters from. */
interface Resource {
  options(handler: RequestHandler): unknown;
  all(handler: RequestHandler): unknown;
}

/** Answers OPTIONS with Allow (RFC 9110 section 9.3.7), and 405 to every method that a path does not document. */
export function answerOtherMethods(resource: Resource, documented: readonly string[]): void {
  const allow = [...documented, ...(documented.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  resource.options((_req, res) => void res.status(204).set('Allow', allow).end());
  resource.all(() => {
    throw methodNotAllowed(`This path knows ${allow}.`, { headers: { Allow: allow } });
  });
}

/**
 * Mounts endpoints. Refusals come in one order everywhere: 405, 413 and 415, 401, 403, 400, and then the handler's.
 * @param routes every endpoint below one base path
 * @param authenticate checks the Authorization header of those that need or read one
 */
export function mountRoutes(routes: readonly Route[], authenticate: Authenticate): Router {
  const router = Router({ caseSensitive: true });
  for (const [path, endpoints] of byPath(routes)) {
    const resource = router.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const endpoint of endpoints) {
      resource[endpoint.method](serve(endpoint, authenticate));
    }
    answerOtherMethods(
      resource,
      endpoints.map(({ method }) => method.toUpperCase()),
    );
  }
  return router;
}
