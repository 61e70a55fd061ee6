import { validationFailed } from '@tradepost/service-kit/problem.ts';
import type { WebhookClient } from '../clients/webhook-client.ts';

/** Refuses, with 400, an address that nothing is ever sent to. */
export async function requireOutside(webhooks: WebhookClient, url: string): Promise<void> {
  const refused = await webhooks.whyRefused(url);
  if (refused !== undefined) throw validationFailed([{ pointer: '/url', message: refused }]);
}
