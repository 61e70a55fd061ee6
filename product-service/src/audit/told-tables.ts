import { changedSinceFirstRelay, type ToldTable } from '@tradepost/events/told-versions.ts';
import { products, stock } from '../events.ts';

/** Whose versions order-service compares with the events that it got. */
export const toldTables: Record<string, ToldTable> = {
  [products.source]: { table: 'products', key: 'id', hasTold: changedSinceFirstRelay },
  [stock.source]: { table: 'stock', key: 'product_id', hasTold: 'version > 0' },
};
