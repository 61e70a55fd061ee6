import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A replica as Nginx sees one: it keeps what arrived, and answers as told. */
export interface FakeService {
  port: number;
  /** Requests that arrived whole, which is when a service would act. */
  seen: SeenRequest[];
  answer: RequestListener;
  /** How many were ever opened to it. */
  connections: number;
  close(): Promise<void>;
}

export const echo: RequestListener = (req, res) => {
  res.writeHead(200, { 'Content-Type': 'application/json' });
  res.end(JSON.stringify({ method: req.method, url: req.url }));
};

export async function startFakeService(answer: RequestListener = echo, port = 0): Promise<FakeService> {
  const seen: SeenRequest[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const { method = '', url = '', headers } = req;
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      service.answer(req, res);
    });
  });
  server.keepAliveTimeout = 65_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const service: FakeService = {
    port: (server.address() as AddressInfo).port,
    seen,
    answer,
    connections: 0,
    close: () => close(server),
  };
  server.on('connection', () => (service.connections += 1));
  return service;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
