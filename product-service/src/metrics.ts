import type { Database } from '@tradepost/service-kit/database.ts';
import type { Metrics } from '@tradepost/service-kit/metrics.ts';

const countEveryMs = 60_000;

/**
 * Measures how many reservations hold stock. Counting costs by their number, so a figure counts for a minute.
 * @param now a clock in milliseconds
 */
export function measureHolds(metrics: Metrics, database: Database, now = () => performance.now()): void {
  let held = 0;
  let countedAt = -Infinity;
  const count = async (): Promise<number> => {
    if (now() - countedAt < countEveryMs) return held;
    const [row] = await database.select<{ held: number }>(
      `SELECT COUNT(*) AS held FROM reservations WHERE status = 'held'`,
    );
    held = Number(row?.held);
    countedAt = now();
    return held;
  };
  metrics.gauge('reservations_held', 'Reservations that hold stock, counted once a minute', count);
}
