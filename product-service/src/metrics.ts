import type { Database } from '@tradepost/service-kit/database.ts';
import type { Metrics } from '@tradepost/service-kit/metrics.ts';

/** How many reservations hold stock of which nobody knows yet whether it will be sold. */
export function measureHolds(metrics: Metrics, database: Database): void {
  metrics.gauge('reservations_held', 'Reservations that hold stock', async () => {
    const [row] = await database.select<{ held: number }>(
      `SELECT COUNT(*) AS held FROM reservations WHERE status = 'held'`,
    );
    return Number(row?.held);
  });
}
