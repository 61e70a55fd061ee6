import { changedSinceFirstRelay, type ToldTable } from '@tradepost/events/told-versions.ts';
import { customers } from '../events.ts';

/** Whose versions order-service compares with the events that it got. */
export const toldTables: Record<string, ToldTable> = {
  [customers.source]: { table: 'users', key: 'id', hasTold: changedSinceFirstRelay },
};
