import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import type { HeldItem, ReservationOutcome } from '../clients/product-client.ts';
import { crashInside, crashPoint } from '../crash-point.ts';
import { moveOrder } from '../orders/move-order.ts';
import { getOrder, type PlacedOrder } from '../orders/orders.queries.ts';
import { scheduleStep } from './schedule-step.ts';
import type { SagaDependencies, Step, StepAtWork } from './step.ts';

/** How long after the payment window product-service asks about a hold that is still there. */
const reviewAfterMs = 5 * 60_000;

/** The payment window begins with the hold: the review lies behind a window that begins when this is sent. */
function toRequest({ order, items }: PlacedOrder, sentAt: Date) {
  const windowMs = order.paymentDueAt.getTime() - order.createdAt.getTime();
  return {
    orderId: order.id,
    buyerId: order.buyerId,
    reviewAt: new Date(sentAt.getTime() + windowMs + reviewAfterMs).toISOString(),
    items: items.map(({ productId, quantity, expectedAmount: amount, expectedCurrency: currency }) => ({
      productId,
      quantity,
      ...(amount !== null &&
        currency !== null && { expectedUnitPrice: { amount: Number(amount), currency } }),
    })),
  };
}

async function readClock(database: Database): Promise<Date> {
  const [row] = await database.select<{ now: Date }>('SELECT NOW(3) AS now');
  return row?.now ?? new Date();
}

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

/** The step that follows; undefined when the order has left `pending` meanwhile: whoever moved it sees to its reservation. */
async function note(
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

/** Reserves a pending order's stock over HTTP, then notes the outcome: awaiting payment at frozen prices, or rejected. */
export async function reserveOrder(
  { database, products }: SagaDependencies,
  { orderId, deadlineMs, placed: written, settled }: StepAtWork,
): Promise<Step | undefined> {
  const placed = written ?? (await getOrder(orderId));
  const sentAt = written ? written.order.createdAt : await readClock(database);
  const outcome = await crashInside('reserving', products.reserve(toRequest(placed, sentAt), deadlineMs));
  crashPoint('reserved');
  const next = await database.transaction(async (tx) => {
    const following = await note(database, tx, { ...placed, outcome });
    // A refused buyer need not wait for the release: it is due at once, and any worker does it.
    const isForOthers = following === 'release';
    const schedule = { orderId, after: 'reserve', ...(isForOthers && { inSeconds: 0 }) } as const;
    if (following) await scheduleStep(database, { ...schedule, next: following }, tx);
    await settled?.(tx);
    return isForOthers ? undefined : following;
  });
  crashPoint('hold-noted');
  return next;
}
