import { changedSinceFirstRelay, type ToldTable } from '@tradepost/events/told-versions.ts';
import { customers, sellers } from '../events.ts';

/** Whose versions order-service compares with the events that it got. */
export const toldTables: Record<string, ToldTable> = {
  [customers.source]: { table: 'users', key: 'id', hasTold: changedSinceFirstRelay },
  [sellers.source]: { table: 'seller_profiles', key: 'user_id', hasTold: 'version > 0' },
};
