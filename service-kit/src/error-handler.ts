import type { ServerResponse } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { ConnectionError, TimeoutError } from 'sequelize';
import { isPassing } from './database.ts';
import { UpstreamUnavailable } from './http-client.ts';
import type { Logger } from './logger.ts';
import {
  internalError,
  notFound,
  payloadTooLarge,
  Problem,
  problemBody,
  unavailable,
  unsupportedMediaType,
  validationFailed,
} from './problem.ts';

/** What Express and its body reader throw carries the status it stands for. */
const byStatus: Record<number, () => Problem> = {
  400: () => validationFailed([{ message: 'The request could not be read; check its encoding and length.' }]),
  413: () => payloadTooLarge('Send at most 1 MB.'),
  415: () => unsupportedMediaType('Send application/json, plain, gzip or deflate.'),
};

/** Which answer an error stands for; anything unknown is a fault of ours and tells nothing of its inside. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ConnectionError || error instanceof TimeoutError || isPassing(error)) {
    return unavailable('The database does not answer; try again.', error);
  }
  if (error instanceof UpstreamUnavailable) {
    return unavailable('Another service that this needs does not answer; try again.', error);
  }
  const known = byStatus[(error as { status?: number } | undefined)?.status ?? 0];
  return (
    known?.() ?? internalError('Try again; if it happens again, report the requestId.', { cause: error })
  );
}

/**
 * The path of a request target as it was sent, without query and authority. A byte that no URI may hold is percent-encoded
 * (RFC 3986 section 2.1).
 */
export function sentPath(target: string): string {
  const [path = ''] = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '').split('?');
  const encode = (byte: string): string =>
    `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  return path.replaceAll(/[^!-~]|["<>\\^`{|}]/g, encode);
}

/** Writes a problem as the answer (RFC 9457); the answer has its X-Request-Id already. */
export function sendProblem(res: ServerResponse, problem: Problem, path: string): void {
  const body = problemBody(problem, { path, requestId: String(res.getHeader('X-Request-Id')) });
  res.writeHead(problem.status, {
    ...problem.headers,
    ...(problem.status === 401 && { 'WWW-Authenticate': 'Bearer' }),
    'Cache-Control': 'no-store',
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  res.end(body);
}

/** The last handler of every service: turns whatever was thrown into an answer, and logs the faults of ours. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  // eslint-disable-next-line max-params
  return (error: unknown, req, res, _next) => {
    const problem = toProblem(error);
    if (problem.status >= 500) {
      logger.error('request failed', { method: req.method, path: req.path, status: problem.status, error });
    }
    if (res.headersSent) res.destroy();
    else sendProblem(res, problem, (res.locals.path as string | undefined) ?? sentPath(req.originalUrl));
  };
}

/** Answers a path that no route has. */
export const noSuchPath: RequestHandler = () => {
  throw notFound('No resource has this path; /docs lists all.');
};
