import { toStoredAddress } from '@tradepost/postal-address/stored-address.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { claimKeys, type Once } from '@tradepost/service-kit/idempotency.ts';
import type { Transaction } from 'sequelize';
import { v7 as uuidv7 } from 'uuid';
import type { ReservationRequest } from '../clients/product-client.ts';
import { crashPoint } from '../crash-point.ts';
import { advanceWhileAwaited } from '../saga/advance-while-awaited.ts';
import { leaseSeconds, type SagaDependencies } from '../saga/step.ts';
import { recordMoves } from '../timeline/record-moves.ts';
import { OrderItem } from './order-item.model.ts';
import { type Address, Order, type PaymentMeans } from './order.model.ts';
import type { PlacedOrder } from './orders.queries.ts';
import { type Placed, getPlaced } from './placed.queries.ts';

export interface PlaceOrderDependencies extends SagaDependencies {
  paymentWindowMinutes: number;
}

interface Placement {
  buyerId: string;
  items: ReservationRequest['items'];
  shipTo: Address;
  billTo?: Address | undefined;
  payment?: PaymentMeans | undefined;
  note?: string | undefined;
  once: Once<Placed>;
}

/** When the orders are placed and must be paid, by the database's clock, the only one that all replicas share. */
async function readTimes({ database, paymentWindowMinutes }: PlaceOrderDependencies, tx: Transaction) {
  const sql = 'SELECT NOW(3) AS createdAt, NOW(3) + INTERVAL :paymentWindowMinutes MINUTE AS paymentDueAt';
  const [times] = await database.select(sql, { paymentWindowMinutes }, tx);
  return times as { createdAt: Date; paymentDueAt: Date };
}

function toLines(orderId: string, items: Placement['items']) {
  return items.map(({ productId, quantity, expectedUnitPrice: expected }, line) => ({
    orderId,
    line,
    productId,
    quantity,
    expectedAmount: expected?.amount ?? null,
    expectedCurrency: expected?.currency ?? null,
  }));
}

/** One transaction for all of a list: key, order, lines, timeline and first step commit together, or none does. */
async function recordPending(
  dependencies: PlaceOrderDependencies,
  placements: readonly Placement[],
): Promise<PlacedOrder[]> {
  const { database } = dependencies;
  return database.transaction(async (tx) => {
    const placed = placements.map((placement) => ({ ...placement, orderId: uuidv7() }));
    const claims = placed.map(({ once, orderId }) => ({ request: once.request, resourceId: orderId }));
    await claimKeys(database, tx, claims);
    const times = await readTimes(dependencies, tx);
    const orders = await Order.bulkCreate(
      placed.map(({ orderId: id, buyerId, shipTo, billTo = null, note = null, payment = null }) => {
        return { ...times, id, buyerId, shipTo, billTo, note, rememberedPayment: payment, status: 'pending' };
      }),
      { transaction: tx },
    );
    const lines = placed.flatMap(({ orderId, items }) => toLines(orderId, items));
    const written = await OrderItem.bulkCreate(lines, { transaction: tx });
    const items = Map.groupBy(written, ({ orderId }) => orderId);
    await startSagas(database, tx, orders);
    return orders.map((order) => ({ order, items: items.get(order.id) ?? [] }));
  });
}

/** Until its lease ends, the first step belongs to the request that placed the order; after that to any replica. */
async function startSagas(database: Database, tx: Transaction, orders: readonly Order[]): Promise<void> {
  const orderIds = orders.map(({ id }) => id);
  await database.change(
    `INSERT INTO order_sagas (order_id, step, due_at)
     SELECT id, 'reserve', NOW(3) + INTERVAL :leaseSeconds SECOND FROM orders WHERE id IN (:orderIds)`,
    { orderIds, leaseSeconds },
    tx,
  );
  await recordMoves(database, tx, orderIds);
}

/** Its addresses with the international form of their phone numbers. */
async function withNumbers(placement: Placement): Promise<Placement> {
  const { shipTo, billTo } = placement;
  return {
    ...placement,
    shipTo: await toStoredAddress(shipTo),
    billTo: billTo && (await toStoredAddress(billTo)),
  };
}

/** Places an order: records it as pending, goes on with it while the buyer waits, and keeps what is known by then. */
export async function placeOrder(dependencies: PlaceOrderDependencies, placement: Placement): Promise<void> {
  const [placed] = await recordPending(dependencies, [await withNumbers(placement)]);
  if (!placed) throw new Error('A recorded order got lost on its way.');
  crashPoint('recorded');
  const orderId = placed.order.id;
  const { once, payment } = placement;
  const keep = async (tx?: Transaction): Promise<void> => once.keep(await getPlaced(orderId, tx), tx);
  // Without a payment the answer is known with the reservation, and costs no transaction of its own.
  const settled = payment ? undefined : keep;
  await advanceWhileAwaited(dependencies, { orderId, step: 'reserve', placed, settled });
  if (!once.isKept()) await keep();
}
