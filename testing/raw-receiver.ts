import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

type Write = (socket: Socket) => void | Promise<void>;

const writing =
  (...parts: string[]): Write =>
  async (socket) => {
    for (const part of parts) {
      socket.write(part);
      // Each part is a packet of its own.
      await sleep(20);
    }
  };
const closing =
  (...parts: string[]): Write =>
  (socket) => {
    socket.end(parts.join(''));
  };
const writingForever: Write = (socket) => {
  const chunk = 'x'.repeat(64_000);
  const more = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', more);
  socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
  socket.write('F4240000\r\n');
  more();
};

const long = 'x'.repeat(100_000);
const informational =
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';

/** Answers by their status, with faults in all that follows the status line. A connection stays open unless it says so. */
export const answersByStatus: readonly [says: string, status: number, write: Write][] = [
  ['a body of 100 kB', 200, closing(`HTTP/1.1 200 OK\r\nContent-Length: ${long.length}\r\n\r\n${long}`)],
  ['a body that never ends', 200, writingForever],
  ['a body that never begins', 200, writing('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n')],
  [
    'a body that is not in its Content-Encoding',
    202,
    closing('HTTP/1.1 202 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain'),
  ],
  ['a connection closed within the body', 200, closing('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx')],
  ['a connection closed before the body', 200, closing('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n')],
  ['a connection closed after the status line', 200, closing('HTTP/1.1 200 OK\r\n')],
  ['headers that never end', 200, writing('HTTP/1.1 200 OK\r\nX-Slow: ')],
  ['headers that break the syntax', 201, closing('HTTP/1.1 201 Created\r\nno header\0\r\n\r\n')],
  ['informational answers before the final one', 200, writing(`${informational}HTTP/1.1 2`, '00 OK\r\n\r\n')],
  ['a body with 204', 204, closing('HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nbody')],
  ['HTTP/1.0 without a length', 200, closing('HTTP/1.0 200 OK\r\n\r\nbody')],
  ['no reason phrase', 200, closing('HTTP/1.1 200\r\n\r\n')],
  ['a redirect', 302, closing('HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n')],
  [
    'a failure with 100 kB',
    500,
    closing(`HTTP/1.1 500 Oops\r\nContent-Length: ${long.length}\r\n\r\n${long}`),
  ],
];

/** What is no answer: nothing, part of a status line, another protocol, an informational answer alone. */
export const withoutStatus: readonly [says: string, write: Write][] = [
  ['nothing', closing('')],
  ['half a status line', closing('HTTP/1.1 20')],
  ['another protocol', closing('SSH-2.0-OpenSSH_9.9\r\n')],
  ['informational answers alone', closing(informational)],
];

/** A receiver that writes what `write` says as soon as a request begins, with no HTTP server in between. */
export async function startRawReceiver() {
  const receiver: { write: Write } = { write: closing('') };
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => undefined);
    socket.once('data', () => void receiver.write(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Connections that the other side keeps open. */
    open,
    async stop() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  });
}
