import { coalesce } from '@tradepost/service-kit/coalesce.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { unavailable } from '@tradepost/service-kit/problem.ts';
import { reserveGroup } from './reserve-group.ts';
import { type ReservationRequest, type Reserved, reserveStock } from './reserve-stock.ts';

/** Reserves the stock of one order, in a transaction with the orders that arrive at the same time. */
export type Reserve = (request: ReservationRequest) => Promise<Reserved>;

const mostOrders = 200;
/** The caller waits for a second by default, and repeats what it did not hear of. */
const patienceMs = 4_000;

/** Opens the queue of this replica in which reservations form groups. */
export function openReserving(dependencies: { database: Database }): Reserve {
  return coalesce({
    most: mostOrders,
    work: (group) => reserveGroup(dependencies, group),
    alone: (request) => reserveStock(dependencies, request),
    late: () => unavailable('The reservation waited too long for its turn; send it again.'),
    patienceMs,
  });
}
