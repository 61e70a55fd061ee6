import { insertEvents, selectSinks } from '@tradepost/events/record-event.ts';
import type { Grouped, GroupOutcome } from '@tradepost/service-kit/coalesce.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { KeptAnswer, Once } from '@tradepost/service-kit/idempotency.ts';
import { insertAnswers, readStored } from '@tradepost/service-kit/idempotent-group.ts';
import {
  type PacketTransaction,
  readNow,
  selectNow,
  type Statement,
  type StatementResult,
} from '@tradepost/service-kit/packet-transaction.ts';
import type { HeldItem, Refusal, ReservationOutcome } from '../clients/product-client.ts';
import { crashPoint } from '../crash-point.ts';
import { toMoveEvent } from '../events.ts';
import { leaseSeconds, type Step } from '../saga/step.ts';
import {
  insertTimeline,
  lockPending,
  scheduleAfterReserve,
  selectDeleted,
  updateHeld,
  updateRejected,
} from './order.statements.ts';
import type { PlacedOrder } from './orders.queries.ts';
import type { Placed } from './placed.queries.ts';

/** What product-service said about the reservation of a pending order. */
export interface HoldOutcome {
  placed: PlacedOrder;
  outcome: ReservationOutcome;
  once: Once<Placed>;
}

/** The step that follows, and the answer that is stored, if it is known by now. */
export interface NotedHold {
  next: Step | undefined;
  answer: KeptAnswer | undefined;
}

type Group = readonly Grouped<HoldOutcome>[];

/** An order as it is after its move, with the step that follows. */
interface MovedOrder extends Grouped<HoldOutcome> {
  moved: PlacedOrder;
  next: 'expire' | 'pay' | 'release';
}

function freeze({ order, items }: PlacedOrder, held: readonly HeldItem[], now: Date): PlacedOrder {
  const frozen = new Map(held.map((item) => [item.productId, item]));
  const windowMs = order.paymentDueAt.getTime() - order.createdAt.getTime();
  return {
    order: {
      ...order,
      status: 'awaiting_payment',
      currency: held[0]?.unitPrice.currency ?? '',
      totalMinor: held.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.amount, 0),
      // The payment window begins with the hold.
      paymentDueAt: new Date(now.getTime() + windowMs),
      updatedAt: now,
    },
    items: items.map((item) => {
      const { sellerId = null, name = null, unitPrice } = frozen.get(item.productId) ?? {};
      return { ...item, sellerId, name, unitPriceMinor: unitPrice?.amount ?? null };
    }),
  };
}

function reject({ order, items }: PlacedOrder, refused: Refusal, now: Date): PlacedOrder {
  return { order: { ...order, status: 'rejected', rejection: refused, updatedAt: now }, items };
}

function move(one: Grouped<HoldOutcome>, version: number, now: Date): MovedOrder {
  const { placed, outcome } = one.item;
  const moved =
    'refused' in outcome ? reject(placed, outcome.refused, now) : freeze(placed, outcome.held, now);
  moved.order.version = version + 1;
  // A refused order leaves the tombstone of a release: an earlier try of the same call may still arrive, and find stock.
  if ('refused' in outcome) return { ...one, moved, next: 'release' };
  return { ...one, moved, next: placed.order.rememberedPayment?.token ? 'pay' : 'expire' };
}

/** Orders that this group moves: those that are pending still, but for a refused one whose buyer is gone. */
function moveAll(group: Group, [clock, , pending, deleted]: readonly StatementResult[]): MovedOrder[] {
  const now = readNow(clock);
  const versions = new Map((pending?.rows ?? []).map(({ id, version }) => [id as string, Number(version)]));
  const gone = new Set((deleted?.rows ?? []).map(({ id }) => id as string));
  return group.flatMap((one) => {
    const { placed, outcome } = one.item;
    const version = versions.get(placed.order.id);
    const mustForget = 'refused' in outcome && gone.has(placed.order.buyerId);
    return version === undefined || mustForget ? [] : [move(one, version, now)];
  });
}

function dueAt({ moved, next }: MovedOrder, now: Date): Date {
  if (next === 'expire') return moved.order.paymentDueAt;
  // A release is due at once, for any worker: the buyer need not wait for it.
  return next === 'release' ? now : new Date(now.getTime() + leaseSeconds * 1000);
}

function schedules(orders: readonly MovedOrder[], now: Date): Statement[] {
  const byStep = Map.groupBy(orders, ({ next }) => next);
  return [...byStep].map(([next, group]) =>
    scheduleAfterReserve(
      next,
      group.map((one) => ({ orderId: one.moved.order.id, dueAt: dueAt(one, now) })),
    ),
  );
}

/** An order with a payment to make is answered when that is made. */
const isAnswered = ({ next }: MovedOrder): boolean => next !== 'pay';

async function write(
  tx: PacketTransaction,
  orders: readonly MovedOrder[],
  { now, sinks }: { now: Date; sinks: StatementResult | undefined },
) {
  const held = orders.filter(({ next }) => next !== 'release').map(({ moved }) => moved);
  const rejections = orders.flatMap(({ moved: { order } }) =>
    order.rejection === null ? [] : [updateRejected(order.id, order.rejection, now)],
  );
  const answers = orders.filter(isAnswered).map(({ item, moved }) => ({
    resourceId: moved.order.id,
    answer: item.once.render({ ...moved, payment: null }),
  }));
  const events = orders.map(({ moved: { order }, context }) => ({
    event: toMoveEvent({ ...order, orderId: order.id }),
    traceparent: context?.traceparent,
  }));
  crashPoint('noting');
  const results = await tx.sendLast(
    ...(held.length > 0 ? updateHeld(held, now) : []),
    ...rejections,
    ...schedules(orders, now),
    insertTimeline(orders.map(({ moved }) => moved.order)),
    insertEvents(sinks, events, now),
    ...(answers.length > 0 ? [insertAnswers(answers)] : []),
  );
  return { answers, inserted: results.at(-1) };
}

/**
 * Notes what product-service said about a group of pending orders, in one transaction: awaiting payment at frozen prices,
 * or rejected, each with its next step, timeline, event and answer. An order that another process has moved meanwhile is
 * worked on alone.
 */
export async function noteHolds(
  { database }: { database: Database },
  group: Group,
): Promise<GroupOutcome<NotedHold>[]> {
  const orderIds = group.map(({ item }) => item.placed.order.id);
  const refusedBuyers = group.flatMap(({ item: { outcome, placed } }) =>
    'refused' in outcome ? [placed.order.buyerId] : [],
  );
  const { moved, answers, inserted } = await database.packets(async (tx) => {
    const read = await tx.send(
      selectNow,
      selectSinks,
      lockPending(orderIds),
      ...(refusedBuyers.length > 0 ? [selectDeleted(refusedBuyers)] : []),
    );
    const orders = moveAll(group, read);
    if (orders.length === 0) return { moved: orders, answers: [], inserted: undefined };
    return { moved: orders, ...(await write(tx, orders, { now: readNow(read[0]), sinks: read[1] })) };
  });
  crashPoint('noted');
  const stored = answers.length === 0 ? [] : await readStored(database, answers, inserted);
  const answerOf = new Map(answers.map(({ resourceId }, index) => [resourceId, stored[index]]));
  const byOrder = new Map(moved.map((one) => [one.moved.order.id, one]));
  return orderIds.map((orderId) => {
    const one = byOrder.get(orderId);
    if (!one) return 'alone';
    const next = one.next === 'release' ? undefined : one.next;
    return { value: { next, answer: answerOf.get(orderId) } };
  });
}
