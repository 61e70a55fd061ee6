import type { CloudEvent } from '@tradepost/events/cloud-event.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';

interface CustomerData {
  customerId: string;
  displayName?: string | null;
  email?: string;
}

/** A field is set by the newest event that told it, in whatever order they come; of somebody who is gone nothing is kept. */
const setters = {
  displayName: `UPDATE customers SET display_name = :value, display_name_sequence = :sequence
                 WHERE id = :customerId AND display_name_sequence < :sequence AND deleted_sequence IS NULL`,
  email: `UPDATE customers SET email = :value, email_sequence = :sequence
           WHERE id = :customerId AND email_sequence < :sequence AND deleted_sequence IS NULL`,
} as const;

/** Keeps what auth-service tells about somebody: name and e-mail address, for people who look orders up. */
export async function storeCustomer(
  { database }: { database: Database },
  tx: Transaction,
  { data, sequence }: CloudEvent,
): Promise<void> {
  const { customerId, ...told } = data as unknown as CustomerData;
  await database.change('INSERT IGNORE INTO customers (id) VALUES (:customerId)', { customerId }, tx);
  for (const field of ['displayName', 'email'] as const) {
    const value = told[field];
    if (value !== undefined) await database.change(setters[field], { customerId, value, sequence }, tx);
  }
}
