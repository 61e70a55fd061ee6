import { randomUUID } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultGround } from './fault-ground.ts';
import { shipTo } from './shop.ts';

const deadlineMs = 30_000;
/** What this process can hold open at once; more is not sent. */
const mostAtWork = 4_000;

/** People who come in any number, read more than they buy, and do not wait for each other. */
export class Crowd {
  /** The ids of all orders that were acknowledged. */
  readonly orders = new Set<string>();
  good = 0;
  /** Told to come again, and when. */
  refused = 0;
  /** What nobody should get, and how often. */
  readonly wrong: Record<string, number> = {};
  /** Requests that this process could not hold open. */
  unsent = 0;
  readonly #agent = new Agent({ keepAlive: true, scheduling: 'lifo', maxFreeSockets: 256 });
  readonly #url: string;
  readonly #token: string;
  readonly #order: string;
  readonly #reads: readonly string[];
  #turn = 0;
  #atWork = 0;

  constructor({ shop, buyer, product }: FaultGround) {
    this.#url = shop.url;
    this.#token = buyer.token;
    this.#order = JSON.stringify({ items: [{ productId: product.id, quantity: 1 }], shipTo });
    this.#reads = [
      `/products/${product.id}`,
      '/orders?limit=1',
      '/products?limit=5',
      `/products/${product.id}`,
    ];
  }

  /** One request: four reads, then an order. Ends with its answer, whatever that is. */
  async send(): Promise<void> {
    if (this.#atWork >= mostAtWork) {
      this.unsent += 1;
      return;
    }
    const path = this.#reads[this.#turn++ % 5];
    this.#atWork += 1;
    await new Promise<void>((resolve) => this.#ask(path, resolve));
    this.#atWork -= 1;
  }

  close(): void {
    this.#agent.destroy();
  }

  #ask(path: string | undefined, done: () => void): void {
    const body = path === undefined ? this.#order : undefined;
    const headers = {
      Authorization: `Bearer ${this.#token}`,
      ...(body !== undefined && {
        'Content-Type': 'application/json',
        'Content-Length': String(Buffer.byteLength(body)),
        'Idempotency-Key': randomUUID(),
      }),
    };
    const method = body === undefined ? 'GET' : 'POST';
    const signal = AbortSignal.timeout(deadlineMs);
    const sent = request(`${this.#url}${path ?? '/orders'}`, { method, headers, agent: this.#agent, signal });
    const fail = ({ message }: Error): void => {
      this.#countWrong(message);
      done();
    };
    sent.once('error', fail);
    sent.once('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += body === undefined ? '' : part));
      answer.once('error', fail);
      answer.once('end', () => {
        this.#judge(answer, text);
        done();
      });
    });
    sent.end(body);
  }

  #judge({ statusCode = 0, headers }: IncomingMessage, text: string): void {
    if (statusCode < 300) {
      this.good += 1;
      if (text !== '') this.orders.add((JSON.parse(text) as { id: string }).id);
    } else if ((statusCode === 503 || statusCode === 429) && Number(headers['retry-after']) >= 1) {
      this.refused += 1;
    } else {
      this.#countWrong(String(statusCode));
    }
  }

  #countWrong(what: string): void {
    this.wrong[what] = (this.wrong[what] ?? 0) + 1;
  }
}

/** Good answers a second while this many callers send one request after the other. */
export async function measureRate(crowd: Crowd, callers: number, lastsMs: number): Promise<number> {
  const [before, startedAt] = [crowd.good, performance.now()];
  const call = async (): Promise<void> => {
    while (performance.now() < startedAt + lastsMs) await crowd.send();
  };
  await Promise.all(Array.from({ length: callers }, call));
  return ((crowd.good - before) * 1_000) / (performance.now() - startedAt);
}

/** Sends so many requests a second, whatever becomes of them, and tells the good answers a second meanwhile. */
export async function offerRate(
  crowd: Crowd,
  perSecond: number,
  lastsMs: number,
): Promise<{ goodput: number; answered: Promise<unknown> }> {
  const [before, startedAt] = [crowd.good, performance.now()];
  const sending = new Set<Promise<void>>();
  let sent = 0;
  for (let elapsedMs = 0; elapsedMs < lastsMs; elapsedMs = performance.now() - startedAt) {
    for (; sent * 1_000 < elapsedMs * perSecond; sent += 1) {
      const one = crowd.send();
      sending.add(one);
      void one.then(() => sending.delete(one));
    }
    await sleep(5);
  }
  const goodput = ((crowd.good - before) * 1_000) / (performance.now() - startedAt);
  return { goodput, answered: Promise.all(sending) };
}
