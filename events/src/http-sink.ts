import { readSigningKey, serviceAuthorization } from '@tradepost/service-kit/authenticate.ts';
import type { Clock } from '@tradepost/service-kit/clock.ts';
import {
  createHttpClient,
  type HttpClient,
  UpstreamUnavailable,
} from '@tradepost/service-kit/http-client.ts';
import { type OutgoingEvent, type Sink, SinkAway } from './sink.ts';

/** A batch may have a thousand effects on the other side; nobody waits for it. */
const deadlineMs = 10_000;
/** Below the 1 MB that a service reads. */
const mostBytes = 500_000;

/** What an event is to blame for; every other refusal is about who sends it, or when. */
const blaming = new Set([400, 413, 422]);

/** Parts of a batch that fit into one request each, in its order. */
function* inRequests(events: readonly OutgoingEvent[]): Generator<OutgoingEvent[]> {
  let [part, bytes]: [OutgoingEvent[], number] = [[], 0];
  for (const one of events) {
    const size = Buffer.byteLength(JSON.stringify(one.event));
    if (part.length > 0 && bytes + size > mostBytes) {
      yield part;
      [part, bytes] = [[], 0];
    }
    part.push(one);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

async function post(http: HttpClient, to: string, part: readonly OutgoingEvent[]): Promise<void> {
  const body = part.map(({ event }) => event);
  const call = { method: 'POST', path: '/internal/v1/events', body, deadlineMs } as const;
  const { status } = await http.call(call).catch((cause: unknown) => {
    if (!(cause instanceof UpstreamUnavailable)) throw cause;
    throw new SinkAway(`${to} takes no events at the moment`, { cause });
  });
  if (blaming.has(status)) throw new Error(`${to} refused ${part.length} events with ${status}`);
  if (status >= 400) throw new SinkAway(`${to} answers ${status}`);
}

interface Listening {
  from: string;
  to: string;
  /** The internal listeners of its replicas. */
  urls: readonly string[];
  serviceKeyFile: string;
  /** The database's, which every service shares. */
  clock: Clock;
}

/** Another service, which gets batches of CloudEvents as POST /internal/v1/events, signed by the service that sends them. */
export function httpSink({ from, to, urls, serviceKeyFile, clock }: Listening): Sink {
  const authorization = serviceAuthorization(() => readSigningKey(serviceKeyFile), from, to);
  // Without retries of its own: the relay repeats.
  const http = createHttpClient(urls, { authorization, clock, maxRetries: 0 });
  return {
    name: `http:${to}`,
    async send(events) {
      for (const part of inRequests(events)) await post(http, to, part);
    },
  };
}
