import { randomUUID } from 'node:crypto';
import mysql from 'mysql2/promise';

/**
 * Reference of G4 to G6: the two plain transactions of an order, from one process over 64 connections, in a database of its
 * own on the server of the shop. First: reservation and conditional stock update. Second: order, line, outbox row.
 */
export interface PlainOptions {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

const tables = [
  'CREATE TABLE stock (product_id CHAR(36) CHARACTER SET ascii NOT NULL PRIMARY KEY, on_hand BIGINT NOT NULL, reserved BIGINT NOT NULL)',
  'CREATE TABLE reservations (order_id CHAR(36) CHARACTER SET ascii NOT NULL PRIMARY KEY, product_id CHAR(36) CHARACTER SET ascii NOT NULL, quantity INT NOT NULL)',
  'CREATE TABLE orders (id CHAR(36) CHARACTER SET ascii NOT NULL PRIMARY KEY, buyer_id CHAR(36) CHARACTER SET ascii NOT NULL, status VARCHAR(20) NOT NULL, total_minor BIGINT NOT NULL, ship_to VARCHAR(1000) NOT NULL)',
  'CREATE TABLE order_items (order_id CHAR(36) CHARACTER SET ascii NOT NULL, line INT NOT NULL, product_id CHAR(36) CHARACTER SET ascii NOT NULL, quantity INT NOT NULL, unit_price_minor BIGINT NOT NULL, PRIMARY KEY (order_id, line))',
  'CREATE TABLE outbox (position BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, event VARCHAR(1000) NOT NULL)',
];
const shipTo = JSON.stringify({ name: 'Ada Lind', line1: 'Lindenstrasse 5', city: 'Berlin', country: 'DE' });

async function order(connection: mysql.PoolConnection, productId: string): Promise<void> {
  const orderId = randomUUID();
  await connection.query('START TRANSACTION');
  await connection.query('INSERT INTO reservations VALUES (?, ?, 1)', [orderId, productId]);
  const [taken] = await connection.query<mysql.ResultSetHeader>(
    'UPDATE stock SET reserved = reserved + 1 WHERE product_id = ? AND on_hand - reserved >= 1',
    [productId],
  );
  if (taken.affectedRows !== 1) throw new Error('The reference has sold out.');
  await connection.query('COMMIT');
  await connection.query('START TRANSACTION');
  await connection.query("INSERT INTO orders VALUES (?, ?, 'awaiting_payment', 1999, ?)", [
    orderId,
    orderId,
    shipTo,
  ]);
  await connection.query('INSERT INTO order_items VALUES (?, 0, ?, 1, 1999)', [orderId, productId]);
  await connection.query('INSERT INTO outbox (event) VALUES (?)', [
    `{"orderId":"${orderId}","status":"created"}`,
  ]);
  await connection.query('COMMIT');
}

export interface PlainFigure {
  requests: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
}

export interface PlainOrders {
  /** Places orders of one piece over some connections for some seconds. */
  measure(options: { connections: number; seconds: number; products: number }): Promise<PlainFigure>;
  close(): Promise<void>;
}

/** Opens the reference with a number of products. */
export async function openPlainOrders(server: PlainOptions, products: number): Promise<PlainOrders> {
  const pool = mysql.createPool({ ...server, connectionLimit: 64 });
  for (const sql of tables) await pool.query(sql);
  const productIds = Array.from({ length: products }, () => randomUUID());
  await pool.query('INSERT INTO stock VALUES ?', [productIds.map((id) => [id, 1_000_000_000, 0])]);
  return {
    async measure(options) {
      const times: number[] = [];
      const startedAt = performance.now();
      const endsAt = startedAt + options.seconds * 1000;
      const work = async (): Promise<void> => {
        const connection = await pool.getConnection();
        while (performance.now() < endsAt) {
          const from = performance.now();
          await order(connection, productIds[Math.floor(Math.random() * options.products)] ?? '');
          times.push(performance.now() - from);
        }
        connection.release();
      };
      await Promise.all(Array.from({ length: options.connections }, work));
      const seconds = (performance.now() - startedAt) / 1000;
      times.sort((a, b) => a - b);
      const at = (share: number): number => times[Math.floor(times.length * share)] ?? NaN;
      return { requests: times.length, seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
    },
    close: () => pool.end(),
  };
}
