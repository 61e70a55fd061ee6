import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import type { HeldItem, ProductClient, ReservationOutcome } from '../clients/product-client.ts';
import { moveOrder } from '../orders/move-order.ts';
import type { PlacedOrder } from '../orders/orders.queries.ts';
import { scheduleStep } from './schedule-step.ts';

/** How long after the payment window product-service asks about a hold that is still there. */
const reviewAfterMs = 5 * 60_000;

interface ReserveOrder {
  placed: PlacedOrder;
  deadlineMs?: number;
  /** Runs in the transaction that notes the outcome. */
  settled?: (tx: Transaction) => Promise<void>;
}

function toRequest({ order, items }: PlacedOrder) {
  return {
    orderId: order.id,
    buyerId: order.buyerId,
    reviewAt: new Date(order.paymentDueAt.getTime() + reviewAfterMs).toISOString(),
    items: items.map(({ productId, quantity, expectedAmount: amount, expectedCurrency: currency }) => ({
      productId,
      quantity,
      ...(amount !== null &&
        currency !== null && { expectedUnitPrice: { amount: Number(amount), currency } }),
    })),
  };
}

/** Writes the frozen names and prices to every line of the order. */
async function freezePrices(
  database: Database,
  tx: Transaction,
  { orderId, held }: { orderId: string; held: HeldItem[] },
): Promise<void> {
  await database.change(
    `UPDATE order_items
       JOIN JSON_TABLE(:held, '$[*]' COLUMNS (
         product_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin PATH '$.productId',
         seller_id  CHAR(36) CHARACTER SET ascii COLLATE ascii_bin PATH '$.sellerId',
         name       VARCHAR(200) PATH '$.name',
         amount     BIGINT PATH '$.unitPrice.amount')) AS item ON item.product_id = order_items.product_id
        SET order_items.seller_id = item.seller_id, order_items.name = item.name, order_items.unit_price_minor = item.amount
      WHERE order_items.order_id = :orderId`,
    { orderId, held: JSON.stringify(held) },
    tx,
  );
}

/** False when the order has left `pending` meanwhile: whoever moved it has seen to its reservation. */
async function note(
  database: Database,
  tx: Transaction,
  { orderId, outcome }: { orderId: string; outcome: ReservationOutcome },
): Promise<boolean> {
  const from = ['pending'] as const;
  if ('refused' in outcome) {
    const set = { rejection: JSON.stringify(outcome.refused) };
    return moveOrder(database, tx, { orderId, from, to: 'rejected', set, changes: ['rejection'] });
  }
  const { held } = outcome;
  const total_minor = held.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.amount, 0);
  const set = { currency: held[0]?.unitPrice.currency ?? '', total_minor };
  const changes = ['items', 'total'] as const;
  const moved = await moveOrder(database, tx, { orderId, from, to: 'awaiting_payment', set, changes });
  if (moved) await freezePrices(database, tx, { orderId, held });
  return moved;
}

/** Reserves a pending order's stock over HTTP, then notes the outcome: awaiting payment at frozen prices, or rejected. */
export async function reserveOrder(
  { database, products }: { database: Database; products: ProductClient },
  { placed, deadlineMs, settled }: ReserveOrder,
): Promise<void> {
  const orderId = placed.order.id;
  const outcome = await products.reserve(toRequest(placed), deadlineMs);
  await database.transaction(async (tx) => {
    if (await note(database, tx, { orderId, outcome })) {
      // An earlier try of the same call may still be on its way, and find stock when it arrives: a refused order leaves
      // the tombstone of a release, which nothing gets past.
      const next = 'refused' in outcome ? 'release' : 'nothing';
      await scheduleStep(database, { orderId, after: 'reserve', next, inSeconds: 0 }, tx);
    }
    await settled?.(tx);
  });
}
