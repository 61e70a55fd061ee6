import type { Database } from '@tradepost/service-kit/database.ts';
import type { ProductClient } from '../clients/product-client.ts';
import { scheduleStep } from './schedule-step.ts';

/** Releases the reservation of an order that is over, and then has nothing left to do for it. */
export async function releaseOrder(
  { database, products }: { database: Database; products: ProductClient },
  { orderId, deadlineMs }: { orderId: string; deadlineMs?: number },
): Promise<void> {
  await products.release(orderId, deadlineMs);
  await scheduleStep(database, { orderId, after: 'release', next: 'nothing', inSeconds: 0 });
}
