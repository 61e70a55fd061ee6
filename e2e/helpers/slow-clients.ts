import { connect, type Socket } from 'node:net';

const everyMs = 1_000;
/** So short a body that it comes to its end. */
const bodyBytes = 12;

const slowHeader = 'GET /api/v1/products HTTP/1.1\r\nHost: shop\r\nX-Slow: ';
const slowBody =
  `POST /api/v1/orders HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n` +
  `Content-Length: ${bodyBytes}\r\nConnection: close\r\n\r\n`;

/** Connections that send a byte a second, half of them of a header that has no end, half of a short body. */
export class SlowClients {
  readonly #sockets = new Set<Socket>();
  readonly #timer: NodeJS.Timeout;
  /** How many were taken. */
  connected = 0;

  constructor(url: string, clients: number) {
    const port = Number(new URL(url).port);
    for (let number = 0; number < clients; number += 1)
      this.#open(port, number % 2 === 0 ? slowHeader : slowBody);
    this.#timer = setInterval(() => {
      for (const socket of this.#sockets) if (socket.writable) socket.write('a');
    }, everyMs);
  }

  /** Connections that nobody has closed yet. */
  get left(): number {
    return this.#sockets.size;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#sockets.forEach((socket) => socket.destroy());
  }

  #open(port: number, beginning: string): void {
    const socket = connect(port, '127.0.0.1', () => {
      this.connected += 1;
      socket.write(beginning);
    });
    this.#sockets.add(socket);
    // What is answered does not matter, that it ends does.
    socket.resume();
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
