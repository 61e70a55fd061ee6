import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';

/** What belongs to the request at work, wherever the code has got to. */
export interface RequestContext {
  requestId: string;
  /** W3C Trace Context, passed on unchanged. */
  traceparent?: string | undefined;
  /** When the request came, by performance.now(). */
  arrivedAt?: number;
}

const storage = new AsyncLocalStorage<RequestContext>();
const wellFormed = /^[A-Za-z0-9._-]{1,128}$/;

/** The context of the request at work; undefined outside of one. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/** Runs work that no request asked for (a loop, a job) under an id of its own, so that its log lines join. */
export function runInContext<T>(work: () => T, context: RequestContext = { requestId: randomUUID() }): T {
  return storage.run(context, work);
}

/**
 * Sets the headers that every answer has: X-Request-Id, and X-Content-Type-Options against sniffing.
 * @returns the id: that of the caller when it is well-formed, else a new one
 */
export function identifyAnswer(req: IncomingMessage, res: ServerResponse): string {
  const given = req.headers['x-request-id'];
  const requestId = typeof given === 'string' && wellFormed.test(given) ? given : randomUUID();
  res.setHeader('X-Request-Id', requestId);
  res.setHeader('X-Content-Type-Options', 'nosniff');
  return requestId;
}

/** Runs the rest of the pipeline in the context of its request. */
export function requestContext(): RequestHandler {
  return (req, res, next) => {
    const requestId = identifyAnswer(req, res);
    const arrivedAt = performance.now();
    storage.run({ requestId, traceparent: req.get('traceparent'), arrivedAt }, next);
  };
}
