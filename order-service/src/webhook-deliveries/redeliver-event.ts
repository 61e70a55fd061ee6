import type { Database } from '@tradepost/service-kit/database.ts';
import { webhookDisabled } from '../webhooks/webhooks.errors.ts';
import { readWebhook } from '../webhooks/webhooks.queries.ts';
import { type Delivery, readDelivery } from './webhook-deliveries.queries.ts';

interface Redelivery {
  webhookId: string;
  deliveryId: string;
}

/**
 * Makes a delivery due at once. One that has ended is sent once more, and one that waits for its next attempt waits no
 * longer. A pause of the webhook ends, too.
 */
export async function redeliverEvent(
  { database }: { database: Database },
  { webhookId, deliveryId }: Redelivery,
): Promise<Delivery> {
  await readWebhook(webhookId);
  await readDelivery(database, { webhookId, deliveryId });
  const isDue = await database.change(
    `UPDATE webhook_deliveries AS delivery JOIN webhooks ON webhooks.id = delivery.webhook_id
        SET delivery.status = 'pending', due_at = NOW(3), next_at = NOW(3), claimed_by = NULL, ended_at = NULL,
            paused_until = IF(paused_until IS NULL, NULL, NOW(3))
      WHERE delivery.id = :deliveryId AND disabled_at IS NULL`,
    { deliveryId },
  );
  if (isDue === 0) throw webhookDisabled('Replace it by PUT, then it gets events again.');
  return readDelivery(database, { webhookId, deliveryId });
}
