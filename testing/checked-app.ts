import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpServer } from '@tradepost/service-kit/http-server.ts';
import supertest from 'supertest';
import { assertDocumented } from './openapi-contract.ts';

export interface CheckedApp {
  /** As `supertest(app)`; what does not fit docs/openapi.json fails the request. */
  request: ReturnType<typeof supertest.agent>;
  url: string;
  close(): Promise<void>;
}

function assertAnswer(answer: supertest.Response): void {
  const { method, path } = answer.request as unknown as { method: string; path?: string };
  assertDocumented({
    method,
    path: path ?? new URL(answer.request.url).pathname,
    status: answer.status,
    contentType: answer.get('Content-Type'),
    // An answer without a body has no text, whatever its type says.
    body: answer.text || '',
  });
}

/** Lets an app listen for the whole of a test file: supertest alone would open and close a port for each request. */
export async function serveChecked(app: RequestListener): Promise<CheckedApp> {
  const server = createHttpServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // As in production: a test that stops the process for a while must not find its connection closed.
  server.keepAliveTimeout = 65_000;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const request = supertest.agent(url);
  request.use((sent: supertest.Test) => void sent.expect(assertAnswer));
  return {
    request,
    url,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
