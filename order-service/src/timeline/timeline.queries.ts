import type { Database } from '@tradepost/service-kit/database.ts';
import type { OrderStatus } from '../orders/order.model.ts';

/** One move of an order. */
export interface Move {
  /** Of the order, after the move. */
  version: number;
  status: OrderStatus;
  createdAt: Date;
}

/** The moves of an order after a version, oldest first. */
export function listMoves(
  { database }: { database: Database },
  { orderId, after, limit }: { orderId: string; after: number; limit: number },
): Promise<Move[]> {
  return database.select<Move>(
    `SELECT version, status, created_at AS createdAt FROM order_timeline
      WHERE order_id = :orderId AND version > :after ORDER BY version LIMIT :limit`,
    { orderId, after, limit },
  );
}

export function viewMove({ version, status, createdAt }: Move) {
  return { status, version, createdAt: createdAt.toISOString() };
}
