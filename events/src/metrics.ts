import type { Database } from '@tradepost/service-kit/database.ts';
import type { Metrics } from '@tradepost/service-kit/metrics.ts';

async function readFigure(database: Database, sql: string): Promise<number> {
  const [row] = await database.select<{ figure: number | null }>(sql);
  return Number(row?.figure ?? 0);
}

/** How many events wait for their sinks, for how long the oldest has, and how many were set aside. */
export function measureOutbox(metrics: Metrics, database: Database): void {
  const waiting = 'SELECT COUNT(*) AS figure FROM outbox';
  const oldest = 'SELECT TIMESTAMPDIFF(MICROSECOND, MIN(created_at), NOW(3)) / 1000000 AS figure FROM outbox';
  const parked = 'SELECT COUNT(*) AS figure FROM dead_letters';
  metrics.gauge('outbox_waiting_events', 'Events that wait for a sink', () => readFigure(database, waiting));
  metrics.gauge('outbox_oldest_seconds', 'How long the oldest of them has waited', () =>
    readFigure(database, oldest),
  );
  metrics.gauge('dead_letters', 'Events that were set aside', () => readFigure(database, parked));
}
