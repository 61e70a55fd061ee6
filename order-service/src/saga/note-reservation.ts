import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import type { HeldItem, ReservationOutcome } from '../clients/product-client.ts';
import { crashPoint } from '../crash-point.ts';
import { moveOrder } from '../orders/move-order.ts';
import type { PlacedOrder } from '../orders/orders.queries.ts';
import { scheduleStep } from './schedule-step.ts';
import type { Step } from './step.ts';

/** Writes the frozen names and prices to every line of the order, each found by its key: there may be a thousand. */
async function freezePrices(
  database: Database,
  tx: Transaction,
  { order, items, held }: PlacedOrder & { held: HeldItem[] },
): Promise<void> {
  const frozen = new Map(held.map((item) => [item.productId, item]));
  const lines = items.map(({ line, productId }) => ({ line, ...frozen.get(productId) }));
  await database.change(
    `UPDATE JSON_TABLE(:lines, '$[*]' COLUMNS (
         line      SMALLINT UNSIGNED PATH '$.line',
         seller_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin PATH '$.sellerId',
         name      VARCHAR(200) PATH '$.name',
         amount    BIGINT PATH '$.unitPrice.amount')) AS frozen
       STRAIGHT_JOIN order_items ON order_items.order_id = :orderId AND order_items.line = frozen.line
        SET order_items.seller_id = frozen.seller_id, order_items.name = frozen.name,
            order_items.unit_price_minor = frozen.amount`,
    { orderId: order.id, lines: JSON.stringify(lines) },
    tx,
  );
}

async function moveByOutcome(
  database: Database,
  tx: Transaction,
  { outcome, ...placed }: PlacedOrder & { outcome: ReservationOutcome },
): Promise<Step | undefined> {
  const { id: orderId, rememberedPayment } = placed.order;
  const from = ['pending'] as const;
  if ('refused' in outcome) {
    const set = { rejection: JSON.stringify(outcome.refused) };
    const rejected = { to: 'rejected', changes: ['rejection'] } as const;
    const moved = await moveOrder(database, tx, { orderId, from, set, ...rejected });
    // An earlier try of the same call may still be on its way, and find stock when it arrives: a refused order leaves
    // the tombstone of a release, which nothing gets past.
    return moved ? 'release' : undefined;
  }
  const { held } = outcome;
  const total_minor = held.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.amount, 0);
  const set = { currency: held[0]?.unitPrice.currency ?? '', total_minor };
  const awaiting = { to: 'awaiting_payment', opensWindow: true, changes: ['items', 'total'] } as const;
  if (!(await moveOrder(database, tx, { orderId, from, set, ...awaiting }))) return undefined;
  await freezePrices(database, tx, { ...placed, held });
  return rememberedPayment?.token ? 'pay' : 'expire';
}

/**
 * Notes what product-service said about the reservation of a pending order: awaiting payment at frozen prices, or rejected.
 * @returns the next step of the caller; undefined when another process does it, or has moved the order before
 */
export async function noteReservation(
  { database }: { database: Database },
  reserved: PlacedOrder & { outcome: ReservationOutcome },
): Promise<Step | undefined> {
  const orderId = reserved.order.id;
  const next = await database.transaction(async (tx) => {
    const following = await moveByOutcome(database, tx, reserved);
    // A release is due at once, for any worker: the buyer need not wait for it.
    const isForOthers = following === 'release';
    const schedule = { orderId, after: 'reserve', ...(isForOthers && { inSeconds: 0 }) } as const;
    if (following) await scheduleStep(database, { ...schedule, next: following }, tx);
    return isForOthers ? undefined : following;
  });
  crashPoint('hold-noted');
  return next;
}
