import type { Database } from '@tradepost/service-kit/database.ts';
import { crashInside, crashPoint } from '../crash-point.ts';
import { getOrder } from '../orders/orders.queries.ts';
import { noteReservation } from './note-reservation.ts';
import { toReservationRequest } from './reservation-request.ts';
import type { SagaDependencies, Step, StepAtWork } from './step.ts';

async function readClock(database: Database): Promise<Date> {
  const [row] = await database.select<{ now: Date }>('SELECT NOW(3) AS now');
  return row?.now ?? new Date();
}

/** Reserves a pending order's stock over HTTP, then notes the outcome. */
export async function reserveOrder(
  { database, products }: SagaDependencies,
  { orderId, deadlineMs }: StepAtWork,
): Promise<Step | undefined> {
  const placed = await getOrder(orderId);
  const request = toReservationRequest(placed, await readClock(database));
  const outcome = await crashInside('reserving', products.reserve(request, deadlineMs));
  crashPoint('reserved');
  return noteReservation({ database }, { ...placed, outcome });
}
