import type { Check } from '@tradepost/service-kit/run-checks.ts';

const stock: Check = {
  invariant: 1,
  says: '0 <= reserved <= onHand, both are the sums of the ledger, and reserved is what held reservations hold',
  counts: 'SELECT COUNT(*) AS checked FROM products',
  finds: `
    SELECT products.id
      FROM products LEFT JOIN stock ON stock.product_id = products.id
      LEFT JOIN (SELECT product_id, SUM(on_hand_delta) AS on_hand, SUM(reserved_delta) AS reserved
                   FROM stock_ledger GROUP BY product_id) AS ledger ON ledger.product_id = products.id
      LEFT JOIN (SELECT product_id, SUM(quantity) AS units FROM reservation_items JOIN reservations USING (order_id)
                  WHERE status = 'held' GROUP BY product_id) AS held ON held.product_id = products.id
     WHERE NOT COALESCE(0 <= stock.reserved AND stock.reserved <= stock.on_hand
                        AND stock.on_hand = COALESCE(ledger.on_hand, 0)
                        AND stock.reserved = COALESCE(ledger.reserved, 0)
                        AND stock.reserved = COALESCE(held.units, 0), FALSE)`,
};

/**
 * Held once, and left once, as the status says; what is neither held nor sold has nothing reserved; and nothing moved for
 * an order that has no such item. A union, not a join: MariaDB would sum up the whole ledger of a product again for each
 * order of it ("lateral derived").
 */
const reservedItems: Check = {
  invariant: 2,
  says: 'each item of a reservation was held once, left that state once, and came back at most as often as it was sold',
  counts: 'SELECT COUNT(*) AS checked FROM reservation_items',
  finds: `
    SELECT order_id AS id
      FROM (SELECT item.order_id, item.product_id, 1 AS items, status = 'held' AS is_held, status = 'committed' AS is_sold,
                   status = 'released' AS is_free, quantity, returned_quantity, 0 AS holds, 0 AS commits, 0 AS releases,
                   0 AS returned, 0 AS on_hand, 0 AS reserved
              FROM reservation_items AS item JOIN reservations ON reservations.order_id = item.order_id
             UNION ALL
            SELECT order_id, product_id, 0, 0, 0, 0, 0, 0, kind = 'hold', kind = 'commit', kind = 'release',
                   IF(kind = 'return', on_hand_delta, 0), on_hand_delta, reserved_delta
              FROM stock_ledger WHERE order_id IS NOT NULL) AS both_sides
     GROUP BY order_id, product_id
    HAVING NOT (SUM(items) = 1 AND SUM(holds) = 1 AND SUM(commits) = SUM(is_sold) AND SUM(releases) = SUM(is_free)
                AND SUM(returned) = SUM(returned_quantity) AND SUM(returned) BETWEEN 0 AND SUM(quantity)
                AND SUM(reserved) = SUM(is_held * quantity)
                AND SUM(on_hand) = SUM(is_sold * (returned_quantity - quantity)))`,
};

const emptyReservations: Check = {
  invariant: 2,
  says: 'a reservation has items, unless it was released before it was held',
  counts: 'SELECT COUNT(*) AS checked FROM reservations',
  finds: `
    SELECT order_id AS id FROM reservations
     WHERE (buyer_id IS NULL AND status <> 'released')
        OR (buyer_id IS NULL) = EXISTS (
             SELECT 1 FROM reservation_items AS item WHERE item.order_id = reservations.order_id)`,
};

/** Not `=`: an edit that changes no field (a PUT of the same values) raises the version, and names no field. */
const versions: Check = {
  invariant: 11,
  says: "a product's version is one for each edit: no field changed in a later one, or before the first edit",
  counts: 'SELECT COUNT(*) AS checked FROM products',
  finds: `
    SELECT products.id
      FROM products LEFT JOIN JSON_TABLE(products.field_versions, '$.*' COLUMNS (version BIGINT PATH '$')) AS field
        ON TRUE
     GROUP BY products.id, products.version
    HAVING products.version < COALESCE(MAX(field.version), 1) OR MIN(field.version) < 2`,
};

export const productChecks: readonly Check[] = [stock, reservedItems, emptyReservations, versions];
