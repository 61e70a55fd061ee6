import { afterEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { route } from '@tradepost/service-kit/route.ts';
import { z } from 'zod';
import { type KitApp, startKitApp } from './helpers/kit-app.ts';

let app: KitApp | undefined;
afterEach(() => app?.close());

let isOpen = false;
/** Counts, one event every few milliseconds, from the event after the last one that its reader has. */
async function* count(after: number): AsyncGenerator<string> {
  isOpen = true;
  try {
    for (let number = after + 1; number < 1_000_000; number += 1) {
      yield `id: ${number}\n\n`;
      await sleep(5);
    }
  } finally {
    isOpen = false;
  }
}

const counting = route({
  method: 'get',
  path: '/counting',
  summary: 'Counts',
  access: 'anyone',
  streams: true,
  answers: { 200: z.string() },
  handle: ({ lastEventId }) => ({ status: 200, events: count(Number(lastEventId ?? 0)) }),
});

async function read(response: Response, until: (text: string) => boolean): Promise<string> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!until(text)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader.cancel();
  return text;
}

test('events arrive one by one, and end with their reader', async () => {
  app = await startKitApp([counting]);
  const response = await fetch(`${app.url}/counting`);
  expect(response.headers.get('content-type')).toMatch('text/event-stream');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  const text = await read(response, (soFar) => soFar.includes('id: 3\n'));
  expect(text).toMatch(/^id: 1\n\nid: 2\n\n/);
  for (let tries = 0; isOpen && tries < 100; tries += 1) await sleep(20);
  expect(isOpen).toBe(false);
});

test('a reader who comes back says which event was the last', async () => {
  app = await startKitApp([counting]);
  const response = await fetch(`${app.url}/counting`, { headers: { 'Last-Event-ID': '41' } });
  expect(await read(response, (text) => text.includes('\n\n'))).toMatch(/^id: 42\n/);
});

test('HEAD gets the head only', async () => {
  app = await startKitApp([counting]);
  const response = await fetch(`${app.url}/counting`, { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('');
});
