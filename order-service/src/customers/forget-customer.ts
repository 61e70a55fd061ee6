import type { CloudEvent } from '@tradepost/events/cloud-event.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';

/** Takes what is personal from a customer who has deleted their account. The row stays: an older event finds it gone. */
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
}
