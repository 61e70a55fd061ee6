import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedEvent {
  id: string;
  source: string;
  type: string;
  subject: string;
  partitionkey: string;
  sequence: number;
  time: string;
  data: Record<string, unknown>;
}

export interface Receipt {
  event: ReceivedEvent;
  /** Milliseconds from the time in the event to its arrival. */
  lagMs: number;
  headers: IncomingMessage['headers'];
  body: string;
}

/** An outsider who is told, and answers as the test says. */
export class WebhookReceiver {
  readonly receipts: Receipt[] = [];
  /** The status of the next answers; 0 breaks the connection off. */
  status = 204;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(port = 0): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    server.on('request', (req, res) => {
      void text(req).then((body) => {
        if (receiver.status === 0) {
          req.socket.destroy();
          return;
        }
        const event = JSON.parse(body) as ReceivedEvent;
        const lagMs = Date.now() - Date.parse(event.time);
        if (receiver.status < 300) receiver.receipts.push({ event, lagMs, headers: req.headers, body });
        res.writeHead(receiver.status).end();
      });
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/events`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

/** Whether one of the signatures is that of this secret (Standard Webhooks, "Verifying signatures"). */
export function isSigned({ headers, body }: Receipt, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const expected = createHmac('sha256', key).update(signed).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .map((signature) => Buffer.from(signature.replace(/^v1,/, ''), 'base64'))
    .some((signature) => signature.length === expected.length && timingSafeEqual(signature, expected));
}
