import http from 'node:http';
import https from 'node:https';
import axios, { type AxiosInstance, type AxiosRequestConfig } from 'axios';
import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  TaskCancelledError,
  wrap,
} from 'cockatiel';
import { type Clock, processClock } from './clock.ts';
import { assertOutsideTransaction } from './database.ts';
import { currentContext } from './request-context.ts';

const connectTimeoutMs = 200;
/** Of one address of a name, before the next family is tried (RFC 8305 section 5): two fit into the time for connecting. */
const attemptTimeoutMs = 75;
const kept = { keepAlive: true, autoSelectFamilyAttemptTimeout: attemptTimeoutMs };
const defaultDeadlineMs = 1_000;
/** After this many calls in a row without an answer nobody is asked for a second; then one call tries. */
const failuresToBreak = 10;
const brokenForMs = 1_000;
/** Decompressed; the largest page of another service is far below. A larger answer counts as none. */
const mostAnswerBytes = 10_000_000;
/** Retries may add a tenth to the calls, and this many at once: more would keep down a side that comes up again. */
const retryShare = 0.1;
const retryBurst = 10;

type Failure = Record<'sent' | 'answered' | 'hung', boolean>;

/** The other side could not be reached, was too late, or failed: whether it did the work is unknown, if `sent`. */
export class UpstreamUnavailable extends Error {
  override readonly name = 'UpstreamUnavailable';
  /** False when the request cannot have arrived. */
  readonly sent: boolean;
  /** Whether the other side said that it failed; else it said nothing. */
  readonly answered: boolean;
  /** Whether the call hung as it may (`mayHang`): this tells nothing about other calls. */
  readonly hung: boolean;

  constructor(
    message: string,
    { cause, sent = true, answered = false, hung = false }: ErrorOptions & Partial<Failure> = {},
  ) {
    super(message, { cause });
    this.sent = sent;
    this.answered = answered;
    this.hung = hung;
  }
}

export interface HttpAnswer {
  status: number;
  body: unknown;
}

export interface HttpCall {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  path: string;
  body?: unknown;
  /** Ends the call with its retries; 1 s when somebody waits for the answer, which is the default. */
  deadlineMs?: number | undefined;
  /** Whether the call may get no answer while the other side answers others: then its silence breaks no circuit. */
  mayHang?: boolean;
}

/** Makes the Authorization header of a call at a time (milliseconds since 1970); the time of this process when left out. */
export type Authorization = (now?: number) => string;

export interface HttpClientOptions {
  /** Makes the Authorization header of a call. */
  authorization?: Authorization;
  /** Gives `authorization` its time; the process's when left out. */
  clock?: Clock;
  /** 2 when left out. */
  maxRetries?: number;
  /** Connections to one replica, 64 when left out. A call without a connection waits for one within its deadline. */
  maxSockets?: number;
}

export interface HttpClient {
  call(call: HttpCall): Promise<HttpAnswer>;
  /** Whether nobody asks the other side at the moment, because it gives no answer. */
  isBroken: () => boolean;
}

/** A peer that swallows packets is given up after 200 ms; the deadline of the call would be too late to try another. */
class QuickConnectAgent extends http.Agent {
  override createConnection(...args: Parameters<http.Agent['createConnection']>) {
    const socket = super.createConnection(...args);
    if (!socket || !('connecting' in socket)) return socket;
    const giveUp = (): void => {
      const timedOut = Object.assign(new Error('connect timed out'), { code: 'ECONNTIMEOUT' });
      if (socket.connecting) socket.destroy(timedOut);
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

/** Without a connection nothing was sent. ETIMEDOUT is one of these: an open connection outlives every deadline. */
const neverSent = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNTIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
]);

async function send(
  client: AxiosInstance,
  request: AxiosRequestConfig,
  mayHang: boolean,
): Promise<HttpAnswer> {
  const name = `${request.method} ${request.url}`;
  const answer = await client.request<unknown>(request).catch((cause: unknown) => {
    const sent = !neverSent.has((cause as { code?: string }).code ?? '');
    throw new UpstreamUnavailable(`${name} got no answer`, { cause, sent, hung: sent && mayHang });
  });
  // 501 is a plain no: nothing was done, and nothing will be.
  if (answer.status >= 500 && answer.status !== 501)
    throw new UpstreamUnavailable(`${name} answered ${answer.status}`, { answered: true });
  return { status: answer.status, body: answer.data };
}

/** The request at work goes on under its id on the other side. */
function contextHeaders(): Record<string, string> {
  const { requestId, traceparent } = currentContext() ?? {};
  return { ...(requestId && { 'X-Request-Id': requestId }), ...(traceparent && { traceparent }) };
}

/** Tells whether one more retry is within the budget. */
function budgetRetries(): { earn: () => void; spend: () => boolean } {
  let left = retryBurst;
  return {
    earn: () => void (left = Math.min(retryBurst, left + retryShare)),
    spend: () => left >= 1 && (left -= 1) >= 0,
  };
}

/** Opens connections that are kept, so many to one replica at most. */
function connect(maxSockets: number): AxiosInstance {
  const connections = { ...kept, maxSockets };
  return axios.create({
    httpAgent: new QuickConnectAgent(connections),
    httpsAgent: new https.Agent(connections),
    maxRedirects: 0,
    maxContentLength: mostAnswerBytes,
    proxy: false,
    validateStatus: () => true,
  });
}

/**
 * A client for another service whose calls are all safe to repeat: each carries the id of what it is about.
 * Connecting takes at most 200 ms, the whole call 1 s with at most two retries with jitter, and these at most a tenth of
 * all calls. While the other side gives no answer again and again, nobody asks it, but for one call each second.
 * @param baseUrls address of each replica, or of the balancer in front of them
 * @returns answers below 500, and 501; anything else is thrown as UpstreamUnavailable
 */
export function createHttpClient(
  baseUrls: readonly string[],
  { authorization, clock: { now } = processClock, maxRetries = 2, maxSockets = 64 }: HttpClientOptions = {},
): HttpClient {
  const nextBaseUrl = takingTurns(baseUrls);
  const client = connect(maxSockets);
  const budget = budgetRetries();
  const breaker = circuitBreaker(
    // A prompt 5xx keeps no caller waiting; only missing answers count.
    handleWhen((error) => error instanceof UpstreamUnavailable && !error.answered && !error.hung),
    { halfOpenAfter: brokenForMs, breaker: new ConsecutiveBreaker(failuresToBreak) },
  );
  const retries = retry(
    handleWhen((error) => error instanceof UpstreamUnavailable && budget.spend()),
    { maxAttempts: maxRetries, backoff: new ExponentialBackoff({ initialDelay: 20, maxDelay: 200 }) },
  );
  const policy = wrap(retries, breaker);
  return {
    isBroken: () => breaker.state === CircuitState.Open,
    async call({ method, path, body, deadlineMs = defaultDeadlineMs, mayHang = false }) {
      assertOutsideTransaction(`${method} ${path}`);
      budget.earn();
      const signal = AbortSignal.timeout(deadlineMs);
      const headers = { ...contextHeaders(), ...(authorization && { Authorization: authorization(now()) }) };
      const attempt = () =>
        send(client, { method, url: path, baseURL: nextBaseUrl(), data: body, headers, signal }, mayHang);
      return policy.execute(attempt, signal).catch((error: unknown) => {
        // A call that waited in vain for the trial of a broken circuit is cancelled before it is sent.
        if (!(error instanceof BrokenCircuitError || error instanceof TaskCancelledError)) throw error;
        throw new UpstreamUnavailable(`${method} ${path} was not sent: the other side gives no answer`, {
          sent: false,
        });
      });
    },
  };
}
