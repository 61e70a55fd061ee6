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
    await putOffStep(dependencies, { orderId, step: 'reserve' }, error);
  }
}

/** Places an order: records it as pending, finishes it while the buyer waits, and keeps the answer that is known by then. */
export async function placeOrder(dependencies: PlaceOrderDependencies, placement: Placement): Promise<void> {
  const { once } = placement;
  const placed = await dependencies.placing.record(placement);
  crashPoint('recorded');
  await awaitOutcome(finish(dependencies, { placed, once }));
  if (!once.isKept()) await once.keep(await getPlaced(placed.order.id));
}
