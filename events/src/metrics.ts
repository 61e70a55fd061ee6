import type { Database } from '@tradepost/service-kit/database.ts';
import type { Metrics } from '@tradepost/service-kit/metrics.ts';

async function readFigure(database: Database, sql: string): Promise<number> {
  const [row] = await database.select<{ figure: number | null }>(sql);
  return Number(row?.figure ?? 0);
}

/** Counting costs by the number of rows, and an operator needs no larger figure. */
const mostCounted = 10_000;

const countSome = (table: string): string =>
  `SELECT COUNT(*) AS figure FROM (SELECT 1 FROM ${table} LIMIT ${mostCounted}) AS counted`;

/**
 * Measures how many events wait for their sinks, for how long the oldest has, and how many were set aside. What a look
 * costs does not grow with the number of events that wait.
 */
export function measureOutbox(metrics: Metrics, database: Database): void {
  const most = `; ${mostCounted} stands for more`;
  // Positions rise with time, so the first row is the oldest one.
  const oldest = `SELECT TIMESTAMPDIFF(MICROSECOND, created_at, NOW(3)) / 1000000 AS figure
                    FROM outbox ORDER BY position LIMIT 1`;
  metrics.gauge('outbox_waiting_events', `Events that wait for a sink${most}`, () =>
    readFigure(database, countSome('outbox')),
  );
  metrics.gauge('outbox_oldest_seconds', 'How long the oldest of them has waited', () =>
    readFigure(database, oldest),
  );
  metrics.gauge('dead_letters', `Events that were set aside${most}`, () =>
    readFigure(database, countSome('dead_letters')),
  );
}
