import type { Check } from '@tradepost/service-kit/run-checks.ts';
import { never } from './next-at.ts';

/** What holds of deliveries: without a time at its first one, a key would wait for ever. */
export const deliveryChecks: readonly Check[] = [
  {
    invariant: 9,
    says: 'the first delivery of each key that waits for a webhook has a time at which it is sent',
    counts: `SELECT COUNT(*) AS checked FROM webhook_deliveries WHERE status = 'pending'`,
    finds: `
      SELECT delivery.id
        FROM (SELECT MIN(position) AS position FROM webhook_deliveries WHERE status = 'pending'
               GROUP BY webhook_id, partition_key) AS head
        JOIN webhook_deliveries AS delivery ON delivery.position = head.position
        JOIN webhooks ON webhooks.id = delivery.webhook_id
       WHERE next_at = '${never}' AND disabled_at IS NULL AND deleted_at IS NULL`,
  },
];
