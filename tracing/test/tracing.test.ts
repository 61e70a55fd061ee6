import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { startFakeUpstream } from '../../testing/fake-upstream.ts';

interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
}
interface Export {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: Span[] }[];
  }[];
}
type Upstream = Awaited<ReturnType<typeof startFakeUpstream>>;

const root = path.join(import.meta.dirname, '../..');
const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const [server, client] = [2, 3];
let collector: Upstream;
let other: Upstream;
let child: ChildProcess | undefined;

afterEach(async () => {
  child?.kill('SIGKILL');
  await collector.stop();
  await other.stop();
});

/** Starts the process with tracing loaded before it, as the images do, and sends it one request. */
async function ask(settings: (url: string) => Record<string, string>): Promise<void> {
  collector = await startFakeUpstream(() => ({ status: 200, body: {} }));
  other = await startFakeUpstream(() => ({ status: 200, body: {} }));
  const program = path.join(import.meta.dirname, 'helpers/traced-process.ts');
  const started = spawn(process.execPath, ['--import', './tracing/src/main.ts', program, other.url], {
    cwd: root,
    env: { ...process.env, OTEL_SERVICE_NAME: 'thing-service', ...settings(collector.url) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  const [line] = (await once(started.stdout, 'data')) as [Buffer];
  const { port } = JSON.parse(line.toString()) as { port: number };
  await fetch(`http://127.0.0.1:${port}/livez`);
  const answer = await fetch(`http://127.0.0.1:${port}/things`, { headers: { traceparent } });
  expect(await answer.json()).toEqual({ status: 200 });
}

async function awaitSpans(count: number): Promise<Span[]> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const spans = collector.calls
      .map(({ body }) => body as Export)
      .flatMap(({ resourceSpans }) => resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap((scope) => scope.spans);
    if (spans.filter((span) => span.traceId === traceId).length >= count) return spans;
    await sleep(50);
  }
  throw new Error('the spans did not come');
}

test('request, statement and call are spans of the trace that the caller began', async () => {
  await ask((url) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url }));
  const spans = await awaitSpans(3);
  const mine = spans.filter((span) => span.traceId === traceId);
  const request = mine.find(({ kind }) => kind === server);
  expect(request?.parentSpanId).toBe('b7ad6b7169203331');
  expect(mine.some(({ name }) => name.startsWith('SELECT'))).toBe(true);
  const call = mine.find(({ kind, name }) => kind === client && name.startsWith('GET'));
  expect(other.calls[0]?.headers.traceparent).toBe(`00-${traceId}-${call?.spanId}-01`);
  const { resource } = (collector.calls[0]?.body as Export).resourceSpans[0] ?? {};
  expect(resource?.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'thing-service' },
  });
  expect(spans.filter(({ kind }) => kind === server)).toHaveLength(1);
});

test('a statement is told without its values', async () => {
  await ask((url) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url }));
  await awaitSpans(3);
  const told = JSON.stringify(collector.calls.map(({ body }) => body));
  expect(told).toContain('SELECT ? AS said, ? AS counted');
  expect(told).not.toMatch(/planted|271828/);
});

test('without an endpoint nothing is traced, and the caller’s trace is passed on as it came', async () => {
  await ask(() => ({}));
  await sleep(1_500);
  expect(collector.calls).toEqual([]);
  expect(other.calls[0]?.headers.traceparent).toBe(traceparent);
});
