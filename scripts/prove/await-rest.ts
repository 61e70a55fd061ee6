import { setTimeout as sleep } from 'node:timers/promises';
import type { LinkProxies } from './link-proxies.ts';
import type { Query } from './query-databases.ts';

export interface Rest {
  seconds: number;
  /** One sentence for each order that is still on its way, and each service with events to tell. */
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

interface Untold {
  name: string;
  waiting: number;
  parked: number;
}

/** Events that wait for a sink, and those that were set aside: nothing here is poisonous. */
const untold = ['authDB', 'productsDB', 'ordersDB']
  .map(
    (name) => `
  SELECT '${name}' AS name, COUNT(*) AS waiting, (SELECT COUNT(*) FROM ${name}.dead_letters) AS parked
    FROM ${name}.outbox`,
  )
  .join(' UNION ALL');

function describe({ id, status, step, attempts, lastError, dueInSeconds }: Unfinished): string {
  const due = dueInSeconds === null ? 'never due' : `due in ${Number(dueInSeconds).toFixed(1)} s`;
  return `order ${id} is ${status} at step ${step} (${due}, attempt ${attempts}, last error: ${lastError ?? 'none'})`;
}

/** What is still to be done, and what never will be by itself. */
async function look(query: Query): Promise<{ restless: string[]; breaches: string[] }> {
  const [orders, events] = [await query<Unfinished>(unfinished), await query<Untold>(untold)];
  const waiting = events.filter((one) => Number(one.waiting) > 0);
  return {
    restless: [
      ...orders.map(describe),
      ...waiting.map(({ name, waiting: count }) => `${count} events of ${name} wait`),
    ],
    breaches: events
      .filter(({ parked }) => Number(parked) > 0)
      .map(({ name, parked }) => `${parked} events of ${name} were set aside`),
  };
}

/** Waits until no order is on its way any more, every event was told, and no request is to come a second time. */
export async function awaitRest(
  query: Query,
  proxies: LinkProxies,
  { healedAt, signal }: { healedAt: number; signal: AbortSignal },
): Promise<Rest & { breaches: string[] }> {
  let late: string[] = [];
  for (;;) {
    signal.throwIfAborted();
    const { restless, breaches } = await look(query);
    const elapsedMs = performance.now() - healedAt;
    const seconds = elapsedMs / 1_000;
    if (elapsedMs > promisedMs && late.length === 0) late = restless;
    const found = [...late.map((one) => `60 s after healing, ${one}`), ...breaches];
    if (restless.length === 0 && proxies.pendingRepeats === 0) return { seconds, restless, breaches: found };
    if (elapsedMs > patienceMs) return { seconds, restless, breaches: found };
    await sleep(250);
  }
}
