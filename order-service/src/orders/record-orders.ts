import { insertEvents, selectSinks } from '@tradepost/events/record-event.ts';
import type { Grouped, GroupOutcome } from '@tradepost/service-kit/coalesce.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { keyTaken, type Once } from '@tradepost/service-kit/idempotency.ts';
import { findTaken, insertClaims } from '@tradepost/service-kit/idempotent-group.ts';
import { readNow, selectNow } from '@tradepost/service-kit/packet-transaction.ts';
import { v7 as uuidv7 } from 'uuid';
import type { ReservationRequest } from '../clients/product-client.ts';
import { crashPoint } from '../crash-point.ts';
import { toMoveEvent } from '../events.ts';
import { leaseSeconds } from '../saga/step.ts';
import type { Address, PaymentMeans } from './order.model.ts';
import { insertOrders, insertTimeline } from './order.statements.ts';
import type { PlacedOrder } from './orders.queries.ts';
import type { Placed } from './placed.queries.ts';

/** An order that a buyer places. */
export interface Placement {
  buyerId: string;
  items: ReservationRequest['items'];
  shipTo: Address;
  billTo?: Address | undefined;
  payment?: PaymentMeans | undefined;
  note?: string | undefined;
  once: Once<Placed>;
}

interface RecordDependencies {
  database: Database;
  paymentWindowMinutes: number;
}

type Group = readonly Grouped<Placement>[];

/** A placement with the id that its order gets. */
type NewOrder = Grouped<Placement> & { orderId: string };

const scopeOf = ({ item }: NewOrder): string => item.once.request.scope.toString('hex');

/** Of the placements with one key only the first goes on: the others get its answer. */
function firstOfEachKey(orders: readonly NewOrder[]): NewOrder[] {
  const byScope = new Map<string, NewOrder>();
  for (const order of orders) if (!byScope.has(scopeOf(order))) byScope.set(scopeOf(order), order);
  return [...byScope.values()];
}

function toPlacedOrder({ orderId, item }: NewOrder, now: Date, windowMs: number): PlacedOrder {
  return {
    order: {
      id: orderId,
      buyerId: item.buyerId,
      status: 'pending',
      currency: null,
      totalMinor: null,
      shipTo: item.shipTo,
      billTo: item.billTo ?? null,
      note: item.note ?? null,
      rejection: null,
      cancelReason: null,
      rememberedPayment: item.payment ?? null,
      refundedMinor: 0,
      paymentDueAt: new Date(now.getTime() + windowMs),
      version: 1,
      fieldVersions: {},
      createdAt: now,
      updatedAt: now,
    },
    items: item.items.map(({ productId, quantity, expectedUnitPrice: expected }, line) => ({
      orderId,
      line,
      productId,
      quantity,
      expectedAmount: expected?.amount ?? null,
      expectedCurrency: expected?.currency ?? null,
      sellerId: null,
      name: null,
      unitPriceMinor: null,
    })),
  };
}

/**
 * Records the orders of a group in one transaction: keys, orders, lines, first steps, timeline and events commit
 * together, or none does. A placement whose key another request has claimed leaves the group.
 */
export async function recordOrders(
  { database, paymentWindowMinutes }: RecordDependencies,
  group: Group,
): Promise<GroupOutcome<PlacedOrder>[]> {
  const orders = group.map((one): NewOrder => ({ ...one, orderId: uuidv7() }));
  const firsts = firstOfEachKey(orders);
  const claims = firsts.map(({ orderId, item }) => ({ request: item.once.request, resourceId: orderId }));
  const placed = await database.packets(async (tx) => {
    const [clock, sinks, inserted] = await tx.send(selectNow, selectSinks, insertClaims(claims));
    const taken = await findTaken(tx, claims, inserted);
    const fresh = firsts.filter((order) => !taken.has(scopeOf(order)));
    if (fresh.length === 0) return new Map<string, PlacedOrder>();
    const now = readNow(clock);
    const written = fresh.map((order) => toPlacedOrder(order, now, paymentWindowMinutes * 60_000));
    const events = written.map(({ order }, index) => ({
      event: toMoveEvent({ ...order, orderId: order.id }),
      traceparent: fresh[index]?.context?.traceparent,
    }));
    crashPoint('recording');
    await tx.sendLast(
      ...insertOrders(written, new Date(now.getTime() + leaseSeconds * 1000)),
      insertTimeline(written.map(({ order }) => order)),
      insertEvents(sinks, events, now),
    );
    return new Map(written.map((one) => [one.order.id, one]));
  });
  return orders.map(({ orderId }) => {
    const value = placed.get(orderId);
    return value ? { value } : { error: keyTaken() };
  });
}
