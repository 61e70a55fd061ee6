import type { Database } from '@tradepost/service-kit/database.ts';
import { webhookDisabled } from '../webhooks/webhooks.errors.ts';
import { readWebhook } from '../webhooks/webhooks.queries.ts';
import { type Delivery, readDelivery } from './webhook-deliveries.queries.ts';

interface Redelivery {
  webhookId: string;
  deliveryId: string;
}

/** Makes a delivery due at once: one that rests is sent once more, one that waits needs to wait no longer. */
export async function redeliverEvent(
  { database }: { database: Database },
  { webhookId, deliveryId }: Redelivery,
): Promise<Delivery> {
  const webhook = await readWebhook(webhookId);
  await readDelivery(database, { webhookId, deliveryId });
  if (webhook.disabledAt) throw webhookDisabled('Replace it by PUT, then it gets events again.');
  await database.change(
    `UPDATE webhook_deliveries SET status = 'pending', due_at = NOW(3), claimed_by = NULL, ended_at = NULL
      WHERE id = :deliveryId`,
    { deliveryId },
  );
  return readDelivery(database, { webhookId, deliveryId });
}
