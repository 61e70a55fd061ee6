import type { Statement } from '@tradepost/service-kit/packet-transaction.ts';
import { v7 as uuidv7 } from 'uuid';
import type { PricedItem } from './pricing.ts';

/** A reservation that is about to be held. */
export interface NewHold {
  orderId: string;
  buyerId: string;
  /** RFC 3339. */
  reviewAt: string;
  items: readonly PricedItem[];
}

/** Locks the stock of products, in ascending product id: transactions in different orders would wait for each other. */
export function lockStock(productIds: readonly string[]): Statement {
  return {
    sql: 'SELECT product_id FROM stock WHERE product_id IN (?) ORDER BY product_id FOR UPDATE',
    values: [productIds],
  };
}

/** The products of a set of ids that are for sale, and how much of each can be held. */
export function selectOffers(productIds: readonly string[]): Statement {
  return {
    sql: `SELECT id, seller_id AS sellerId, name, price_minor AS priceMinor, currency, on_hand - reserved AS available
            FROM products JOIN stock ON stock.product_id = products.id
           WHERE products.id IN (?) AND deleted_at IS NULL`,
    values: [productIds],
  };
}

/** The orders of a group that have a reservation already. */
export function selectReserved(orderIds: readonly string[]): Statement {
  return { sql: 'SELECT order_id AS orderId FROM reservations WHERE order_id IN (?)', values: [orderIds] };
}

/** The rows of new reservations: themselves, their items, and one ledger entry for each item. */
export function insertHolds(holds: readonly NewHold[]): Statement[] {
  const items = holds.flatMap(({ orderId, items: priced }) => priced.map((item) => ({ orderId, ...item })));
  return [
    {
      sql: 'INSERT INTO reservations (order_id, buyer_id, review_at, status) VALUES ?',
      values: [holds.map(({ orderId, buyerId, reviewAt }) => [orderId, buyerId, new Date(reviewAt), 'held'])],
    },
    {
      sql: `INSERT INTO reservation_items
              (order_id, product_id, seller_id, name, quantity, unit_price_minor, currency) VALUES ?`,
      values: [
        items.map((item) => [
          item.orderId,
          item.productId,
          item.sellerId,
          item.name,
          item.quantity,
          item.unitPriceMinor,
          item.currency,
        ]),
      ],
    },
    {
      sql: 'INSERT INTO stock_ledger (id, product_id, kind, on_hand_delta, reserved_delta, order_id) VALUES ?',
      values: [items.map((item) => [uuidv7(), item.productId, 'hold', 0, item.quantity, item.orderId])],
    },
  ];
}

/**
 * Takes the stock of a group: one row for each product, in ascending product id. Fewer rows change than there are
 * products when some product is short; the caller must then roll back.
 */
export function takeStock(quantities: ReadonlyMap<string, number>): Statement {
  const rows = [...quantities].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    sql: `UPDATE JSON_TABLE(?, '$[*]' COLUMNS (
              product_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]', quantity BIGINT PATH '$[1]')) AS taken
            STRAIGHT_JOIN stock ON stock.product_id = taken.product_id
             SET stock.reserved = stock.reserved + taken.quantity, stock.version = stock.version + 1
           WHERE stock.reserved + taken.quantity <= stock.on_hand`,
    values: [JSON.stringify(rows)],
  };
}

/** The stock of products as the transaction has just left it. */
export function selectStock(productIds: readonly string[]): Statement {
  return {
    sql: 'SELECT product_id AS productId, on_hand AS onHand, reserved, version FROM stock WHERE product_id IN (?)',
    values: [productIds],
  };
}
