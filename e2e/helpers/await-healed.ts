import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitRest } from '../../scripts/prove/await-rest.ts';
import { asRoot } from '../../scripts/prove/query-databases.ts';
import type { FaultGround } from './fault-ground.ts';
import { shipTo } from './shop.ts';

const patienceMs = 90_000;
/** More than there are replicas of anything: they take turns, and each is met. */
const roundsInARow = 4;

const statusOf = async (answer: Promise<{ status: number }>): Promise<number> =>
  answer.then(
    ({ status }) => status,
    () => 0,
  );

/** Whether every process is ready, each service reads, and an order is placed at once. */
async function isOpen({ stack, shop, buyer: { token }, product }: FaultGround): Promise<boolean> {
  const probes = Object.values(stack.processes)
    .flat()
    .map(async ({ plan }) => {
      const answer = await fetch(`http://127.0.0.1:${plan.environment.OPS_PORT ?? ''}/readyz`);
      // Read to its end, so that its connection is free again.
      await answer.text();
      return answer;
    });
  const reads = [`/products/${product.id}`, '/users/me', '/orders?limit=1'].map((path) =>
    shop.call('GET', path, { token }),
  );
  const order = shop.call('POST', '/orders', {
    token,
    headers: { 'Idempotency-Key': randomUUID() },
    body: { items: [{ productId: product.id, quantity: 1 }], shipTo },
  });
  const [placed, ...read] = await Promise.all([order, ...reads, ...probes].map(statusOf));
  return placed === 201 && read.every((status) => status === 200);
}

/** Waits until everything answers as on a quiet day; the seconds that took, since a moment. */
export async function awaitOpen(ground: FaultGround, since: number): Promise<number> {
  const giveUpAt = performance.now() + patienceMs;
  for (let inARow = 0; inARow < roundsInARow;) {
    if (await isOpen(ground)) {
      inARow += 1;
      continue;
    }
    inARow = 0;
    if (performance.now() > giveUpAt)
      throw new Error(`The shop is not open again after ${patienceMs / 1_000} s.`);
    await sleep(100);
  }
  return (performance.now() - since) / 1_000;
}

/** Waits until nothing but its buyer can move any order; the seconds that took, since a moment. */
export async function awaitAllAtRest({ stack, proxies }: FaultGround, since: number): Promise<number> {
  const { signal } = new AbortController();
  const rest = await asRoot(stack.database, (query) =>
    awaitRest(query, proxies, { healedAt: since, signal }),
  );
  const late = [...rest.breaches, ...rest.restless];
  if (late.length > 0) throw new Error(late.join('\n'));
  return rest.seconds;
}

/** Both, the one after the other. */
export async function awaitHealed(ground: FaultGround, since: number): Promise<number> {
  await awaitOpen(ground, since);
  return awaitAllAtRest(ground, since);
}
