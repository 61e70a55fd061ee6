import { recordEvents } from '@tradepost/events/record-event.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { customerEvent } from '../events.ts';
import type { Account } from './accounts.queries.ts';

interface CustomerChange {
  account: Account;
  changedFields: string[];
}

/** Tells others that an account has changed, in the transaction that changed it; of what is personal only what is new. */
export async function recordCustomerChange(
  database: Database,
  tx: Transaction,
  { account: { user }, changedFields }: CustomerChange,
): Promise<void> {
  const { id: customerId, version: sequence, displayName } = user;
  const data = { customerId, changedFields, ...(changedFields.includes('displayName') && { displayName }) };
  await recordEvents(database, tx, [
    customerEvent({ type: 'customer.changed', subject: customerId, sequence, data }),
  ]);
}
