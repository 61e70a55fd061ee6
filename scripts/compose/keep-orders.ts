import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '../deployed/print-findings.ts';
import { startLoad } from '../load/steady-load.ts';
import { verifyOrders } from '../load/verify-orders.ts';
import { awaitDoor, awaitHealth } from './docker-compose.ts';
import type { Ground } from './ground.ts';

/** Whatever happens to containers meanwhile: an order that was acknowledged is there, and has its stock. */
export async function keepsOrders(
  ground: Ground,
  check: string,
  harm: () => Promise<unknown>,
): Promise<Finding> {
  const load = await startLoad(ground.url, ground.shop);
  try {
    await sleep(3_000);
    await harm();
    await awaitDoor(ground.url);
    await awaitHealth(ground.project);
    await sleep(3_000);
  } finally {
    await load.stop();
    load.orders.forEach((id) => ground.orders.add(id));
  }
  const report = await load.stop();
  const complaints = await verifyOrders(ground.url, ground.shop, ground.orders);
  const givenUp = Object.keys(report.failures).some((failure) => failure.includes('given up'));
  return {
    check,
    expected: 'every order is taken when repeated, and kept; stock exact',
    got: `${ground.orders.size} orders, ${report.failedOrders} repeated, ${report.failedReads} of ${report.reads} reads failed; ${complaints.slice(0, 3).join(' ') || 'stock exact'}${givenUp ? '; some orders given up' : ''}`,
    passed: complaints.length === 0 && !givenUp,
  };
}
