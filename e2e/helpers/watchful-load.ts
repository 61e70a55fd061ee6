import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultGround } from './fault-ground.ts';
import { whyWrong } from './judge-answer.ts';
import { type Answer, type Order, type Shop, shipTo } from './shop.ts';

const tickMs = 40;
const patienceMs = 120_000;
const pauseSeconds = 0.2;

/**
 * Twenty-five requests a second, whatever became of the others: reads of all three services, and every fifth an order
 * that is repeated with its key until it is taken. Looks at each answer, and complains of those that nobody should get.
 */
export class WatchfulLoad {
  /** The ids of all orders that were acknowledged. */
  readonly orders = new Set<string>();
  /** Each kind once. */
  readonly complaints = new Set<string>();
  /** How often each status was answered. */
  readonly answers: Record<number, number> = {};
  readonly #shop: Shop;
  readonly #token: string;
  readonly #productId: string;
  readonly #reads: readonly string[];
  readonly #running = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #sent = 0;

  constructor({ shop, buyer, product }: Pick<FaultGround, 'shop' | 'buyer' | 'product'>) {
    this.#shop = shop;
    this.#token = buyer.token;
    this.#productId = product.id;
    this.#reads = [`/products/${product.id}`, '/users/me', '/orders?limit=1', '/products?limit=5'];
    // By the clock, not by the ticks: one that comes late sends what the earlier ones owe.
    const startedAt = performance.now();
    this.#timer = setInterval(() => {
      while (this.#sent * tickMs < performance.now() - startedAt) this.#send();
    }, tickMs);
  }

  /** Ends when the last order is taken. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#running);
  }

  #send(): void {
    const path = this.#reads[this.#sent++ % 5];
    const work = path === undefined ? this.#order() : this.#read(path);
    this.#running.add(work);
    void work.then(() => this.#running.delete(work));
  }

  async #read(path: string): Promise<void> {
    await this.#ask('GET', path, {});
  }

  async #order(): Promise<void> {
    const headers = { 'Idempotency-Key': randomUUID() };
    const body = { items: [{ productId: this.#productId, quantity: 1 }], shipTo };
    const giveUpAt = performance.now() + patienceMs;
    while (performance.now() < giveUpAt) {
      const answer = await this.#ask('POST', '/orders', { headers, body });
      if (answer !== undefined && answer.status < 300) {
        this.orders.add(answer.body.id);
        return;
      }
      await sleep(1_000 * (Number(answer?.headers.get('Retry-After')) || pauseSeconds));
    }
    this.complaints.add('POST /orders: never taken');
  }

  async #ask(
    method: 'GET' | 'POST',
    path: string,
    more: { headers?: Record<string, string>; body?: unknown },
  ): Promise<Answer<Order> | undefined> {
    const complain = (what: string): unknown =>
      this.complaints.add(`${method} ${path.split('?')[0] ?? ''}: ${what}`);
    try {
      const answer = await this.#shop.call<Order>(method, path, { token: this.#token, ...more });
      this.answers[answer.status] = (this.answers[answer.status] ?? 0) + 1;
      const wrong = whyWrong(answer);
      if (wrong !== undefined) complain(wrong);
      return answer;
    } catch (error) {
      const { message, cause } = error as Error;
      complain(cause instanceof Error ? `${message} (${cause.message})` : message);
      return undefined;
    }
  }
}
