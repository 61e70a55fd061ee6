import type { Database } from '@tradepost/service-kit/database.ts';
import { type EntityTags, withChanges } from '@tradepost/service-kit/precondition.ts';
import { newSecret } from './new-secret.ts';
import type { Webhook } from './webhook.model.ts';
import { lockWebhook } from './webhooks.queries.ts';

interface Rotation {
  webhookId: string;
  ifMatch: EntityTags | undefined;
}

const bothValidMs = 24 * 60 * 60 * 1_000;

/** Gives a webhook a new secret. For a day both sign, so that the receiver can change over when it likes. */
export async function rotateSecret(
  { database }: { database: Database },
  { webhookId, ifMatch }: Rotation,
): Promise<Webhook> {
  return database.transaction(async (tx) => {
    const webhook = await lockWebhook(webhookId, ifMatch, tx);
    const fieldVersions = withChanges(webhook, ['secret']);
    const version = webhook.version + 1;
    const oldUntil = new Date(database.clock.now() + bothValidMs);
    return webhook.update(
      { oldSecret: webhook.secret, oldUntil, secret: newSecret(), version, fieldVersions },
      { transaction: tx },
    );
  });
}
