import { recordEvents } from '@tradepost/events/record-event.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { customerEvent } from '../events.ts';
import type { Account } from './accounts.queries.ts';

interface CustomerChange {
  account: Account;
  changedFields: string[];
  /** Whether the change takes a right away: then access tokens that were issued before it no longer count. */
  takesRights?: boolean;
}

/** Publishes the change of an account in the transaction that makes it. Personal data is included only when it is new. */
export async function recordCustomerChange(
  database: Database,
  tx: Transaction,
  { account: { user }, changedFields, takesRights = false }: CustomerChange,
): Promise<void> {
  const { id: customerId, version: sequence, displayName } = user;
  const data = {
    customerId,
    changedFields,
    ...(changedFields.includes('displayName') && { displayName }),
    ...(takesRights && { tokensValidAfter: Number(user.tokensValidAfter) }),
  };
  await recordEvents(database, tx, [
    customerEvent({ type: 'customer.changed', subject: customerId, sequence, data }),
  ]);
}
