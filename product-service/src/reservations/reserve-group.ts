import { insertEvents, selectSinks } from '@tradepost/events/record-event.ts';
import type { Grouped, GroupOutcome } from '@tradepost/service-kit/coalesce.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import {
  type PacketTransaction,
  readNow,
  selectNow,
  type StatementResult,
} from '@tradepost/service-kit/packet-transaction.ts';
import { Problem } from '@tradepost/service-kit/problem.ts';
import { toStockEvent } from '../events.ts';
import { type Offer, priceItems, refuseShort, sumLines } from './pricing.ts';
import {
  insertHolds,
  lockStock,
  type NewHold,
  selectOffers,
  selectReserved,
  selectStock,
  takeStock,
} from './reservation.statements.ts';
import type { ReservationRequest, Reserved } from './reserve-stock.ts';

type Group = readonly Grouped<ReservationRequest>[];
type Outcome = GroupOutcome<Reserved>;

/** Ends the transaction: another one took stock between the decision and the UPDATE. */
class StockShort extends Error {}

const productIdsOf = (requests: readonly { items: readonly { productId: string }[] }[]): string[] =>
  [...new Set(requests.flatMap(({ items }) => items.map(({ productId }) => productId)))].sort();

function toOffers(result: StatementResult | undefined): Map<string, Offer> {
  const rows = (result?.rows ?? []) as unknown as Offer[];
  return new Map(
    rows.map((row) => [
      row.id,
      { ...row, priceMinor: Number(row.priceMinor), available: Number(row.available) },
    ]),
  );
}

/** Prices a request, or refuses it, and takes what it wants from the offers that the next request of the group sees. */
function decide(request: ReservationRequest, offers: Map<string, Offer>): NewHold {
  const items = priceItems(request.buyerId, request.items, offers);
  refuseShort(items, offers);
  for (const [productId, quantity] of sumLines(items)) {
    const offer = offers.get(productId);
    if (offer) offer.available -= quantity;
  }
  return { orderId: request.orderId, buyerId: request.buyerId, reviewAt: request.reviewAt, items };
}

function decideGroup(group: Group, offers: Map<string, Offer>, reserved: ReadonlySet<string>) {
  const holds: NewHold[] = [];
  const outcomes = group.map(({ item: request }): Outcome => {
    if (reserved.has(request.orderId)) return 'alone';
    try {
      const hold = decide(request, offers);
      holds.push(hold);
      const reservation = { orderId: request.orderId, buyerId: request.buyerId, status: 'held' } as const;
      return { value: { created: true, held: { reservation, items: [...hold.items] } } };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { error };
    }
  });
  return { holds, outcomes };
}

/** Writes the holds of a group. The stock comes last but for its events: other buyers of a product wait from here on. */
async function hold(tx: PacketTransaction, holds: readonly NewHold[], group: Group): Promise<void> {
  const quantities = sumLines(holds.flatMap(({ items }) => items));
  const productIds = [...quantities.keys()];
  const results = await tx.send(
    ...insertHolds(holds),
    selectSinks,
    takeStock(quantities),
    selectNow,
    selectStock(productIds),
  );
  const [sinks, taken, clock, stock] = results.slice(-4);
  if (taken?.changed !== quantities.size) throw new StockShort();
  const traceparent = group.find(({ context }) => context?.traceparent)?.context?.traceparent;
  const events = (stock?.rows ?? []).map((row) => ({ event: toStockEvent(row as never), traceparent }));
  await tx.sendLast(insertEvents(sinks, events, readNow(clock)));
}

async function reserveInOneTransaction(
  database: Database,
  group: Group,
  { locks }: { locks: boolean },
): Promise<Outcome[]> {
  const productIds = productIdsOf(group.map(({ item }) => item));
  const orderIds = group.map(({ item }) => item.orderId);
  return database.packets(async (tx) => {
    const results = await tx.send(
      ...(locks ? [lockStock(productIds)] : []),
      selectOffers(productIds),
      selectReserved(orderIds),
    );
    const [offers, reserved] = results.slice(-2);
    const known = new Set((reserved?.rows ?? []).map(({ orderId }) => orderId as string));
    const { holds, outcomes } = decideGroup(group, toOffers(offers), known);
    if (holds.length > 0) await hold(tx, holds, group);
    return outcomes;
  });
}

/**
 * Reserves the stock of several orders in one transaction. Each request is decided before anything is written: a refused
 * one costs the others nothing, and an order that has a reservation already is answered alone.
 */
export async function reserveGroup({ database }: { database: Database }, group: Group): Promise<Outcome[]> {
  return reserveInOneTransaction(database, group, { locks: false }).catch((error: unknown) => {
    if (!(error instanceof StockShort)) throw error;
    // With the rows locked before they are read, the decision holds until COMMIT.
    return reserveInOneTransaction(database, group, { locks: true });
  });
}
