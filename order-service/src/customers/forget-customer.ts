import type { CloudEvent } from '@tradepost/events/cloud-event.ts';
import { redactEvents } from '@tradepost/events/redact-events.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { endedStatuses } from '../orders/order.model.ts';
import { redactDeliveries } from '../webhook-deliveries/redact-deliveries.ts';
import { forgetOrders } from './forget-orders.ts';
import { personalFields } from './personal-fields.ts';

/** Those that are over; the others are forgotten by the move that ends them. */
async function listEnded(database: Database, tx: Transaction, buyerId: string): Promise<string[]> {
  // Locked, so that an order that comes to its end at this moment does so before, and is seen here, or after: then its
  // move sees that the buyer is gone.
  const orders = await database.select<{ id: string; isOver: number }>(
    `SELECT id, status IN (:endedStatuses) AS isOver
       FROM orders WHERE buyer_id = :buyerId ORDER BY id FOR UPDATE`,
    { buyerId, endedStatuses },
    tx,
  );
  return orders.filter(({ isOver }) => Number(isOver) === 1).map(({ id }) => id);
}

/**
 * Takes what is personal from all that is kept of a customer who has deleted their account: the replica, orders that are
 * over, kept answers, deliveries, dead letters. The customer's row stays: an older event finds it gone.
 */
export async function forgetCustomer(
  { database }: { database: Database },
  tx: Transaction,
  { data, sequence }: CloudEvent,
): Promise<void> {
  const { customerId } = data as { customerId: string };
  await database.change(
    `INSERT INTO customers (id, deleted_sequence) VALUES (:customerId, :sequence)
         ON DUPLICATE KEY UPDATE display_name = NULL, email = NULL, deleted_sequence = :sequence`,
    { customerId, sequence },
    tx,
  );
  await redactEvents(database, tx, { subject: customerId, fields: personalFields });
  await redactDeliveries(database, tx, { partitionKey: customerId, fields: personalFields });
  const orderIds = await listEnded(database, tx, customerId);
  await forgetOrders(database, tx, { buyerId: customerId, orderIds });
}
