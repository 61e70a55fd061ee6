import type { Database } from '@tradepost/service-kit/database.ts';
import { type EntityTags, withChanges } from '@tradepost/service-kit/precondition.ts';
import type { WebhookClient } from '../clients/webhook-client.ts';
import { requireOutside } from './require-outside.ts';
import type { Webhook } from './webhook.model.ts';
import { lockWebhook } from './webhooks.queries.ts';

interface WebhookChange {
  webhookId: string;
  ifMatch: EntityTags | undefined;
  url: string;
  types: string[] | null;
}

const working = { failingSince: null, disabledAt: null, clearsAt: null, silences: 0, pausedUntil: null };

/** Replaces the address and the types of a webhook. A disabled one gets events again from now on, and a pause ends. */
export async function changeWebhook(
  { database, webhooks }: { database: Database; webhooks: WebhookClient },
  { webhookId, ifMatch, url, types }: WebhookChange,
): Promise<Webhook> {
  await requireOutside(webhooks, url);
  return database.transaction(async (tx) => {
    const webhook = await lockWebhook(webhookId, ifMatch, tx);
    const fields = { url, types };
    const changed = Object.entries(fields)
      .filter(
        ([field, value]) => JSON.stringify(webhook[field as keyof typeof fields]) !== JSON.stringify(value),
      )
      .map(([field]) => field);
    const fieldVersions = withChanges(webhook, changed);
    const version = webhook.version + 1;
    return webhook.update({ ...fields, ...working, version, fieldVersions }, { transaction: tx });
  });
}
