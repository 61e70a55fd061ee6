import { toStoredAddress } from '@tradepost/postal-address/stored-address.ts';
import { UpstreamUnavailable } from '@tradepost/service-kit/http-client.ts';
import { crashPoint } from '../crash-point.ts';
import { advanceOrder } from '../saga/advance-order.ts';
import { awaitOutcome } from '../saga/await-outcome.ts';
import { putOffStep } from '../saga/put-off-step.ts';
import { toReservationRequest } from '../saga/reservation-request.ts';
import type { SagaDependencies } from '../saga/step.ts';
import type { Placing } from './open-placing.ts';
import type { PlacedOrder } from './orders.queries.ts';
import { getPlaced } from './placed.queries.ts';
import type { Placement } from './record-orders.ts';

export interface PlaceOrderDependencies extends SagaDependencies {
  placing: Placing;
}

/** Holds the stock of a recorded order, notes the outcome, and goes on with the payment that came with the order. */
async function finish(
  dependencies: PlaceOrderDependencies,
  { placed, once }: { placed: PlacedOrder; once: Placement['once'] },
): Promise<void> {
  const { placing } = dependencies;
  const orderId = placed.order.id;
  try {
    const outcome = await placing.reserve(toReservationRequest(placed, placed.order.createdAt));
    crashPoint('reserved');
    const { next, answer } = await placing.note({ placed, outcome, once });
    crashPoint('hold-noted');
    if (answer) once.accept(answer);
    else if (next === 'pay') await advanceOrder(dependencies, { orderId, step: next });
  } catch (error) {
    const isUnanswered = error instanceof UpstreamUnavailable;
    await putOffStep(dependencies, { orderId, step: 'reserve' }, { error, isUnanswered });
  }
}

/** The addresses of an order with the international form of their phone numbers. */
async function withNumbers(placement: Placement): Promise<Placement> {
  const { shipTo, billTo } = placement;
  return {
    ...placement,
    shipTo: await toStoredAddress(shipTo),
    billTo: billTo && (await toStoredAddress(billTo)),
  };
}

/** Places an order: records it as pending, finishes it while the buyer waits, and keeps the answer that is known by then. */
export async function placeOrder(dependencies: PlaceOrderDependencies, placement: Placement): Promise<void> {
  const { once } = placement;
  const placed = await dependencies.placing.record(await withNumbers(placement));
  crashPoint('recorded');
  await awaitOutcome(finish(dependencies, { placed, once }));
  if (!once.isKept()) await once.keep(await getPlaced(placed.order.id));
}
