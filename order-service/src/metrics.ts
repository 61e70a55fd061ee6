import type { Database } from '@tradepost/service-kit/database.ts';
import type { Metrics } from '@tradepost/service-kit/metrics.ts';

/** How far behind the steps of orders are: everything that is due is done within seconds, unless something is broken. */
export function measureSteps(metrics: Metrics, database: Database): void {
  metrics.gauge('order_steps_overdue_seconds', 'Age of the step that is due for the longest', async () => {
    const [row] = await database.select<{ seconds: string | null }>(
      'SELECT TIMESTAMPDIFF(MICROSECOND, MIN(due_at), NOW(3)) / 1000000 AS seconds FROM order_sagas',
    );
    return Math.max(0, Number(row?.seconds ?? 0));
  });
}

/** Whether this process leaves somebody alone who gives no answer. */
export function measureUpstreams(
  metrics: Metrics,
  isBroken: Record<'productService' | 'paymentProvider', () => boolean>,
): void {
  const help = '1 while it gives no answer and is left alone';
  metrics.gauge('upstream_broken_product_service', help, () => Number(isBroken.productService()));
  metrics.gauge('upstream_broken_payment_provider', help, () => Number(isBroken.paymentProvider()));
}
