import { expect } from '@jest/globals';
import type { Database } from '@tradepost/service-kit/database.ts';

const moves: Record<string, readonly string[]> = {
  pending: ['awaiting_payment', 'rejected', 'cancelled'],
  awaiting_payment: ['paying', 'cancelled'],
  paying: ['paid', 'awaiting_payment', 'payment_failed', 'refunding', 'cancelled'],
  paid: ['refunding'],
  refunding: ['refunded'],
  refunded: [],
  rejected: [],
  cancelled: [],
  payment_failed: [],
};

interface Row {
  id: string;
  status: string;
  version: number;
  moveStatus: string;
  moveVersion: number;
}

/** Every order moved as drawn, each move raised its version by one and wrote one row, and none is missing. */
export async function expectSoundHistories(database: Database): Promise<void> {
  const rows = await database.select<Row>(
    `SELECT orders.id, orders.status, orders.version, move.status AS moveStatus, move.version AS moveVersion
       FROM orders LEFT JOIN order_timeline AS move ON move.order_id = orders.id ORDER BY orders.id, move.version`,
  );
  for (const [id, history] of Map.groupBy(rows, (row) => row.id)) {
    const statuses = history.map(({ moveStatus }) => moveStatus);
    const versions = history.map(({ moveVersion }) => moveVersion);
    expect({ id, versions }).toEqual({ id, versions: history.map((_, index) => index + 1) });
    expect({ id, first: statuses[0] }).toEqual({ id, first: 'pending' });
    for (const [index, status] of statuses.slice(1).entries())
      expect(moves[statuses[index]!]).toContain(status);
    const { status, version } = history[0]!;
    expect({ id, status, version }).toEqual({ id, status: statuses.at(-1), version: versions.at(-1) });
  }
}
