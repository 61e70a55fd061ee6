import { v7 as uuidv7 } from 'uuid';
import type { WebhookClient } from '../clients/webhook-client.ts';
import { newSecret } from './new-secret.ts';
import { requireOutside } from './require-outside.ts';
import { Webhook } from './webhook.model.ts';
import { readWebhook } from './webhooks.queries.ts';

interface NewWebhook {
  url: string;
  /** Which events it gets; all when null. */
  types: string[] | null;
}

/** Registers somebody outside who wants to be told, under a secret of their own that is shown once. */
export async function createWebhook(
  { webhooks }: { webhooks: WebhookClient },
  { url, types }: NewWebhook,
): Promise<Webhook> {
  await requireOutside(webhooks, url);
  const { id } = await Webhook.create({ id: uuidv7(), url, types, secret: newSecret() });
  return readWebhook(id);
}
