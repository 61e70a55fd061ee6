import type { Database } from '@tradepost/service-kit/database.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import { lockWebhook } from './webhooks.queries.ts';

interface Deletion {
  webhookId: string;
  ifMatch: EntityTags | undefined;
}

/** Deletes a webhook. Its row and its deliveries, however many, go in the background. */
export async function deleteWebhook(
  { database }: { database: Database },
  { webhookId, ifMatch }: Deletion,
): Promise<void> {
  await database.transaction(async (tx) => {
    const webhook = await lockWebhook(webhookId, ifMatch, tx);
    const now = new Date();
    // Disabled as well, for services of a version that knows no deletion in the background.
    await webhook.update({ deletedAt: now, disabledAt: now, clearsAt: now }, { transaction: tx });
  });
}
