import { connect, createServer, type Server, type Socket } from 'node:net';
import { loopback } from '../local/loopback.ts';

export type LinkFault =
  /** Every packet comes later, in both directions. */
  | { way: 'delay'; ms: number }
  /** Connections are reset, those that are there and those that come. */
  | { way: 'drop' }
  /** The request arrives, the answer never does. */
  | { way: 'swallow' }
  /** A request comes a second time, on a connection of its own, up to this much later. */
  | { way: 'repeat'; withinMs: number };

/** How long a repeated request may take; its answer is read by nobody. */
const repeatPatienceMs = 10_000;

/** What was sent on one connection since the last answer, while it is to be repeated. */
interface Exchange {
  parts: Buffer[] | null;
  isAnswered: boolean;
}

/** Stands between two processes, on TCP, and passes everything on until it is told to do harm. */
export class FaultProxy {
  readonly #target: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #repeats = new Set<NodeJS.Timeout>();
  #fault: LinkFault | null = null;
  /** Requests that were sent a second time, so far. */
  repeated = 0;
  /** Those that will be, or are under way. */
  pendingRepeats = 0;

  constructor(listenPort: number, targetPort: number) {
    this.#target = targetPort;
    this.#server = createServer((client) => this.#accept(client));
    this.#server.listen(listenPort, loopback);
  }

  begin(fault: LinkFault): void {
    this.#fault = fault;
    if (fault.way === 'drop') this.#reset();
  }

  /** Ends a fault, unless another one has taken its place meanwhile. */
  end(fault: LinkFault): void {
    if (this.#fault === fault) this.heal();
  }

  heal(): void {
    this.#fault = null;
  }

  close(): void {
    this.#server.close();
    this.#repeats.forEach(clearTimeout);
    this.#reset();
  }

  #reset(): void {
    this.#sockets.forEach((socket) => socket.resetAndDestroy());
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.once('close', () => this.#sockets.delete(socket));
    // A connection that breaks is what this is for; whoever is at its other end hears of it by the close.
    socket.on('error', () => undefined);
    return socket;
  }

  #accept(client: Socket): void {
    this.#keep(client);
    if (this.#fault?.way === 'drop') {
      client.resetAndDestroy();
      return;
    }
    const server = this.#keep(connect(this.#target, loopback));
    const exchange: Exchange = { parts: null, isAnswered: true };
    const [toServer, toClient] = [this.#inOrder(), this.#inOrder()];
    client.on('data', (part: Buffer) => {
      this.#noteRequest(exchange, part);
      toServer(() => server.write(part));
    });
    server.on('data', (part: Buffer) => {
      this.#noteAnswer(exchange);
      if (this.#fault?.way !== 'swallow') toClient(() => client.write(part));
    });
    client.once('close', () => toServer(() => server.destroy()));
    // Nobody listens there, or who did has died: the caller must hear of it as it would without us, if a moment later.
    server.once('error', () => client.resetAndDestroy());
    server.once('close', () => toClient(() => client.destroy()));
  }

  /** Does one thing after the other, each late while there is a delay: none overtakes the one before it. */
  #inOrder(): (work: () => void) => void {
    let busyUntil = 0;
    return (work) => {
      const delayMs = this.#fault?.way === 'delay' ? this.#fault.ms : 0;
      busyUntil = Math.max(busyUntil, performance.now() + delayMs);
      const waitMs = busyUntil - performance.now();
      if (waitMs <= 0) work();
      else setTimeout(work, waitMs);
    };
  }

  /** Nobody here pipelines: what comes after an answer begins a new request. */
  #noteRequest(exchange: Exchange, part: Buffer): void {
    if (exchange.isAnswered) {
      exchange.isAnswered = false;
      exchange.parts = this.#fault?.way === 'repeat' ? [] : null;
    }
    exchange.parts?.push(part);
  }

  #noteAnswer(exchange: Exchange): void {
    if (exchange.isAnswered) return;
    exchange.isAnswered = true;
    const { parts } = exchange;
    exchange.parts = null;
    if (parts === null || this.#fault?.way !== 'repeat') return;
    const request = Buffer.concat(parts);
    this.pendingRepeats += 1;
    const timer = setTimeout(() => {
      this.#repeats.delete(timer);
      this.#repeat(request);
    }, Math.random() * this.#fault.withinMs);
    this.#repeats.add(timer);
  }

  #repeat(request: Buffer): void {
    const socket = this.#keep(connect(this.#target, loopback));
    socket.setTimeout(repeatPatienceMs, () => socket.destroy());
    socket.once('connect', () => {
      this.repeated += 1;
      socket.write(request);
    });
    socket.once('data', () => socket.destroy());
    socket.once('close', () => (this.pendingRepeats -= 1));
  }
}
