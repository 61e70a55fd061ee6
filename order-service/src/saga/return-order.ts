import { getOrder } from '../orders/orders.queries.ts';
import { scheduleStep } from './schedule-step.ts';
import type { SagaDependencies, Step, StepAtWork } from './step.ts';

/** Puts the goods of a refunded order back in stock; an order returns once, so its own id names the return. */
export async function returnOrder(
  { database, products }: SagaDependencies,
  { orderId, deadlineMs }: StepAtWork,
): Promise<Step> {
  const { items } = await getOrder(orderId);
  const returned = items.map(({ productId, quantity }) => ({ productId, quantity }));
  await products.returnGoods({ orderId, returnId: orderId, items: returned }, deadlineMs);
  await scheduleStep(database, { orderId, after: 'return', next: 'nothing' });
  return 'nothing';
}
