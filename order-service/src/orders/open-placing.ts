import { coalesce } from '@tradepost/service-kit/coalesce.ts';
import { unavailable } from '@tradepost/service-kit/problem.ts';
import type { ReservationOutcome, ReservationRequest } from '../clients/product-client.ts';
import { crashInside } from '../crash-point.ts';
import { noteReservation } from '../saga/note-reservation.ts';
import type { SagaDependencies } from '../saga/step.ts';
import { type HoldOutcome, type NotedHold, noteHolds } from './note-holds.ts';
import type { PlacedOrder } from './orders.queries.ts';
import { type Placement, recordOrders } from './record-orders.ts';

export interface PlacingDependencies extends SagaDependencies {
  paymentWindowMinutes: number;
}

/** The three stages of placing an order. Each takes the orders of one replica in groups. */
export interface Placing {
  record(placement: Placement): Promise<PlacedOrder>;
  reserve(request: ReservationRequest): Promise<ReservationOutcome>;
  note(hold: HoldOutcome): Promise<NotedHold>;
}

/** Lines of the orders in a group: bounds the packet to the database, and the locks of one transaction. */
const mostLines = 500;
const late = () => unavailable('Too many orders wait here; try again, with the same Idempotency-Key.');
const patienceMs = 4_000;

async function recordAlone(dependencies: PlacingDependencies, item: Placement): Promise<PlacedOrder> {
  const [outcome] = await recordOrders(dependencies, [{ item, context: undefined }]);
  if (outcome && outcome !== 'alone' && 'value' in outcome) return outcome.value;
  throw outcome && outcome !== 'alone' ? outcome.error : new Error('A recorded order got lost on its way.');
}

async function noteAlone(dependencies: PlacingDependencies, hold: HoldOutcome): Promise<NotedHold> {
  const next = await noteReservation(dependencies, { ...hold.placed, outcome: hold.outcome });
  return { next, answer: undefined };
}

/** Opens the queues of this replica in which orders form groups. */
export function openPlacing(dependencies: PlacingDependencies): Placing {
  const { products } = dependencies;
  return {
    record: coalesce({
      most: mostLines,
      weightOf: ({ items }) => items.length,
      work: (group) => recordOrders(dependencies, group),
      alone: (placement) => recordAlone(dependencies, placement),
      late,
      patienceMs,
    }),
    reserve: coalesce({
      most: mostLines,
      weightOf: ({ items }) => items.length,
      work: (group) => crashInside('reserving', products.reserveAll(group)),
      alone: (request) => products.reserve(request),
      late,
      patienceMs,
    }),
    note: coalesce({
      most: mostLines,
      weightOf: ({ placed }) => placed.items.length,
      work: (group) => noteHolds(dependencies, group),
      alone: (hold) => noteAlone(dependencies, hold),
      late,
      patienceMs,
    }),
  };
}
