import { setTimeout as sleep } from 'node:timers/promises';
import type { LinkProxies } from './link-proxies.ts';
import type { Query } from './query-databases.ts';

export interface Rest {
  seconds: number;
  /** One sentence for each order that is still on its way. */
  restless: string[];
}

interface Unfinished {
  id: string;
  status: string;
  step: string;
  attempts: number;
  lastError: string | null;
  dueInSeconds: number | null;
}

const promisedMs = 60_000;
/** Waited beyond the promise, to tell what is late from what is lost. */
const patienceMs = 150_000;

/** Orders that something of ours has to move on, by their status, their step, a payment or a refund. */
const unfinished = `
  SELECT orders.id, orders.status, sagas.step, sagas.attempts, sagas.last_error AS lastError,
         TIMESTAMPDIFF(MICROSECOND, NOW(3), sagas.due_at) / 1000000 AS dueInSeconds
    FROM ordersDB.orders AS orders JOIN ordersDB.order_sagas AS sagas ON sagas.order_id = orders.id
   WHERE orders.status IN ('pending', 'paying', 'refunding')
      OR sagas.step NOT IN ('nothing', 'expire')
      OR EXISTS (SELECT 1 FROM ordersDB.payments WHERE order_id = orders.id AND status = 'processing')
      OR EXISTS (SELECT 1 FROM ordersDB.refunds WHERE order_id = orders.id AND status = 'pending')`;

function describe({ id, status, step, attempts, lastError, dueInSeconds }: Unfinished): string {
  const due = dueInSeconds === null ? 'never due' : `due in ${Number(dueInSeconds).toFixed(1)} s`;
  return `order ${id} is ${status} at step ${step} (${due}, attempt ${attempts}, last error: ${lastError ?? 'none'})`;
}

/** Waits until no order is on its way any more, and no request is to come a second time. */
export async function awaitRest(
  query: Query,
  proxies: LinkProxies,
  { healedAt, signal }: { healedAt: number; signal: AbortSignal },
): Promise<Rest & { breaches: string[] }> {
  let late: string[] = [];
  for (;;) {
    signal.throwIfAborted();
    const orders = await query<Unfinished>(unfinished);
    const elapsedMs = performance.now() - healedAt;
    const seconds = elapsedMs / 1_000;
    if (elapsedMs > promisedMs && late.length === 0) late = orders.map(describe);
    const breaches = late.map((order) => `60 s after healing, ${order}`);
    if (orders.length === 0 && proxies.pendingRepeats === 0) return { seconds, restless: [], breaches };
    if (elapsedMs > patienceMs) return { seconds, restless: orders.map(describe), breaches };
    await sleep(250);
  }
}
