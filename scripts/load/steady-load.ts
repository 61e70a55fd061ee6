import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { logIn } from '../local/account-calls.ts';
import { createApiClient } from '../local/api-client.ts';
import { type Answer, type Call, type CallOnce, createCaller } from './call-once.ts';
import type { LoadShop } from './open-shop.ts';

export interface LoadReport {
  requests: number;
  reads: number;
  failedReads: number;
  /** Orders whose first sending failed; each was repeated with its key until it was taken. */
  failedOrders: number;
  /** Requests that went over a new connection because their kept one was closed; only where the plan has them resent. */
  resent: number;
  /** What failed, how, and how often. */
  failures: Record<string, number>;
}

interface Caller {
  kind: 'kept' | 'new';
  call: CallOnce;
}

const tickMs = 20;
const patienceMs = 90_000;
const shipTo = { name: 'Load', line1: '1 Test Lane', city: 'Leeds', country: 'GB' };

interface LoadPlan {
  productId: string;
  token: string;
  resends?: boolean;
}

/**
 * Fifty requests a second, one every 20 ms whatever the others do: half over kept connections, half over new ones;
 * reads of all three services, and every fifth an order with a key. Runs from its making until stop().
 */
export class SteadyLoad {
  /** The ids of all orders that were acknowledged, of one unit each. */
  readonly orders = new Set<string>();
  readonly #report: LoadReport = {
    requests: 0,
    reads: 0,
    failedReads: 0,
    failedOrders: 0,
    resent: 0,
    failures: {},
  };
  readonly #productId: string;
  readonly #token: string;
  readonly #callers: readonly [Caller, Caller];
  readonly #reads: readonly Call[];
  readonly #running = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;

  constructor(url: string, { productId, token, resends = false }: LoadPlan) {
    this.#productId = productId;
    this.#token = token;
    this.#callers = [
      { kind: 'kept', call: createCaller(url, { keepsAlive: true, resends }) },
      { kind: 'new', call: createCaller(url, { keepsAlive: false }) },
    ];
    this.#reads = [
      { method: 'GET', path: `/products/${productId}` },
      { method: 'GET', path: '/users/me', token },
      { method: 'GET', path: '/orders?limit=1', token },
      { method: 'GET', path: '/products?limit=5' },
    ];
    // By the clock, not by the ticks: a tick that comes late sends what the earlier ones owe.
    const startedAt = performance.now();
    this.#timer = setInterval(() => {
      while (this.#report.requests * tickMs < performance.now() - startedAt) this.#send();
    }, tickMs);
  }

  /** What it came to so far. */
  get soFar(): Readonly<LoadReport> {
    return this.#report;
  }

  /** Ends when the last order is taken. */
  async stop(): Promise<LoadReport> {
    clearInterval(this.#timer);
    await Promise.all(this.#running);
    return this.#report;
  }

  #send(): void {
    const turn = this.#report.requests++;
    const caller = this.#callers[turn % 2 === 0 ? 0 : 1];
    // Five and two share no factor: both kinds of connection carry every kind of request.
    const call = this.#reads[turn % 5];
    const work = call ? this.#read(call, caller) : this.#order(caller);
    this.#running.add(work);
    void work.then(() => this.#running.delete(work));
  }

  async #read(call: Call, caller: Caller): Promise<void> {
    this.#report.reads += 1;
    const answer = await this.#call(call, caller);
    if (answer.status === 200) return;
    this.#report.failedReads += 1;
    this.#note(call, answer, caller);
  }

  async #order(caller: Caller): Promise<void> {
    const body = { items: [{ productId: this.#productId, quantity: 1 }], shipTo };
    const call: Call = {
      method: 'POST',
      path: '/orders',
      token: this.#token,
      key: randomUUID(),
      body,
    };
    const giveUpAt = performance.now() + patienceMs;
    for (let attempt = 1; performance.now() < giveUpAt; attempt += 1) {
      const answer = await this.#call(call, caller);
      if (answer.status === 201 || answer.status === 202) {
        this.orders.add((answer.body as { id: string }).id);
        return;
      }
      if (attempt === 1) this.#report.failedOrders += 1;
      this.#note(call, answer, caller);
      await sleep(200);
    }
    this.#count('POST orders: given up');
  }

  async #call(call: Call, caller: Caller): Promise<Answer> {
    const answer = await caller.call(call);
    if (answer.resent) this.#report.resent += 1;
    return answer;
  }

  #note({ method, path }: Call, { status, reason }: Answer, { kind }: Caller): void {
    const what = path.split(/[/?]/)[1] ?? '';
    this.#count(`${method} ${what}: ${reason ?? status}, ${kind} connection`);
  }

  #count(failure: string): void {
    this.#report.failures[failure] = (this.#report.failures[failure] ?? 0) + 1;
  }
}

/** Logs the buyer in, whose token lives for minutes only, and begins. */
export async function startLoad(
  url: string,
  { buyer, productId }: LoadShop,
  options: { resends?: boolean } = {},
): Promise<SteadyLoad> {
  return new SteadyLoad(url, { productId, ...options, token: await logIn(createApiClient(url), buyer) });
}
