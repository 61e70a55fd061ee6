import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { errorHandler } from '@tradepost/service-kit/error-handler.ts';
import { shedLoad } from '@tradepost/service-kit/shed-load.ts';
import { silentLogger } from '@tradepost/service-kit/testing.ts';
import express from 'express';

const limit = 5;
let close = (): void => undefined;
afterEach(() => close());

/** An app that takes five requests at once, each of which ends when it is told to. */
async function start() {
  const open: (() => void)[] = [];
  const app = express().use(shedLoad(limit));
  app.get('/', (_req, res) => void open.push(() => res.end('done')));
  app.use(errorHandler(silentLogger));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => {
    server.close().closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, open };
}

test('what is too much is refused at once, and taken again as soon as there is room', async () => {
  const { url, open } = await start();
  const first = Array.from({ length: limit }, () => fetch(url));
  while (open.length < limit) await new Promise(setImmediate);
  for (let over = 0; over < 20; over += 1) {
    const refused = await fetch(url);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(refused.headers.get('content-type')).toMatch('application/problem+json');
  }
  open.shift()?.();
  await Promise.race(first);
  const next = fetch(url);
  while (open.length < limit) await new Promise(setImmediate);
  open.splice(0).forEach((end) => end());
  expect((await next).status).toBe(200);
  expect((await Promise.all(first)).map(({ status }) => status)).toEqual(Array(limit).fill(200));
});

test('a client that leaves makes room', async () => {
  const { url, open } = await start();
  const leaving = new AbortController();
  const gone = Array.from({ length: limit }, () =>
    fetch(url, { signal: leaving.signal }).catch(() => undefined),
  );
  while (open.length < limit) await new Promise(setImmediate);
  expect((await fetch(url)).status).toBe(503);
  leaving.abort();
  await Promise.all(gone);
  const taken = open.length;
  for (;;) {
    const answer = fetch(url);
    const settled = await Promise.race([answer, new Promise((later) => setTimeout(later, 50))]);
    if (open.length > taken) break;
    expect((settled as Response | undefined)?.status).toBe(503);
  }
  open.splice(0).forEach((end) => end());
});
