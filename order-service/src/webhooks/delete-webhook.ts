import type { Database } from '@tradepost/service-kit/database.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import { lockWebhook } from './webhooks.queries.ts';

interface Deletion {
  webhookId: string;
  ifMatch: EntityTags | undefined;
}

/** Takes a webhook away, with all that was queued for it. */
export async function deleteWebhook(
  { database }: { database: Database },
  { webhookId, ifMatch }: Deletion,
): Promise<void> {
  await database.transaction(async (tx) => {
    const webhook = await lockWebhook(webhookId, ifMatch, tx);
    await webhook.destroy({ transaction: tx });
  });
}
