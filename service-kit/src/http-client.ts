import http from 'node:http';
import axios, { type AxiosInstance, type AxiosRequestConfig } from 'axios';
import { ExponentialBackoff, handleType, retry } from 'cockatiel';
import { assertOutsideTransaction } from './database.ts';
import { currentContext } from './request-context.ts';

const connectTimeoutMs = 200;
const defaultDeadlineMs = 1_000;
const maxRetries = 2;

/** The other side could not be reached, was too late, or failed: whether it did the work is unknown. */
export class UpstreamUnavailable extends Error {
  override readonly name = 'UpstreamUnavailable';
}

export interface HttpAnswer {
  status: number;
  body: unknown;
}

export interface HttpCall {
  method: 'GET' | 'PUT' | 'POST';
  path: string;
  body?: unknown;
  /** Ends the call with its retries; 1 s when somebody waits for the answer, which is the default. */
  deadlineMs?: number | undefined;
}

export interface HttpClient {
  call(call: HttpCall): Promise<HttpAnswer>;
}

/** A peer that swallows packets is given up after 200 ms; the deadline of the call would be too late to try another. */
class QuickConnectAgent extends http.Agent {
  override createConnection(...args: Parameters<http.Agent['createConnection']>) {
    const socket = super.createConnection(...args);
    if (!socket || !('connecting' in socket)) return socket;
    const giveUp = (): void => {
      if (socket.connecting) socket.destroy(new Error('connect timed out'));
    };
    // Looks once more after the next poll: a process that was busy for 200 ms itself may not have heard of its success yet.
    const timer = setTimeout(() => setImmediate(giveUp), connectTimeoutMs);
    const stop = (): void => clearTimeout(timer);
    socket.once('connect', stop).once('close', stop);
    return socket;
  }
}

/** Replicas without a balancer take turns, so that a retry meets another one. */
function takingTurns(baseUrls: readonly string[]): () => string {
  let turn = 0;
  return () => baseUrls[turn++ % baseUrls.length] ?? '';
}

async function send(client: AxiosInstance, request: AxiosRequestConfig): Promise<HttpAnswer> {
  const name = `${request.method} ${request.url}`;
  const answer = await client.request<unknown>(request).catch((error: unknown) => {
    throw new UpstreamUnavailable(`${name} got no answer`, { cause: error });
  });
  if (answer.status >= 500) throw new UpstreamUnavailable(`${name} answered ${answer.status}`);
  return { status: answer.status, body: answer.data };
}

/** The request at work goes on under its id on the other side. */
function contextHeaders(): Record<string, string> {
  const { requestId, traceparent } = currentContext() ?? {};
  return { ...(requestId && { 'X-Request-Id': requestId }), ...(traceparent && { traceparent }) };
}

/**
 * A client for another service whose calls are all safe to repeat: each carries the id of what it is about.
 * Connecting takes at most 200 ms, the whole call 1 s with at most two retries with jitter.
 * @param baseUrls address of each replica, or of the balancer in front of them
 * @param authorization makes the Authorization header of a call
 * @returns answers below 500; anything else is thrown as UpstreamUnavailable
 */
export function createHttpClient(baseUrls: readonly string[], authorization?: () => string): HttpClient {
  const nextBaseUrl = takingTurns(baseUrls);
  const client = axios.create({
    httpAgent: new QuickConnectAgent({ keepAlive: true, maxSockets: 64 }),
    maxRedirects: 0,
    proxy: false,
    validateStatus: () => true,
  });
  const policy = retry(handleType(UpstreamUnavailable), {
    maxAttempts: maxRetries,
    backoff: new ExponentialBackoff({ initialDelay: 20, maxDelay: 200 }),
  });
  return {
    async call({ method, path, body, deadlineMs = defaultDeadlineMs }) {
      assertOutsideTransaction(`${method} ${path}`);
      const signal = AbortSignal.timeout(deadlineMs);
      const headers = { ...contextHeaders(), ...(authorization && { Authorization: authorization() }) };
      return policy.execute(
        () => send(client, { method, url: path, baseURL: nextBaseUrl(), data: body, headers, signal }),
        signal,
      );
    },
  };
}
