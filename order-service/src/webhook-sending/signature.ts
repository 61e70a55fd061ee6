import { createHmac } from 'node:crypto';

/**
 * The headers that show who sends a webhook, when, and what (Standard Webhooks, "Webhook metadata").
 * @param secrets all that are valid: each signs, so that a receiver may know either
 * @param message its id is the same whenever it is sent again; the time is that of this attempt, in whole seconds
 */
export function signatureHeaders(
  secrets: readonly string[],
  { id, sentAt, body }: { id: string; sentAt: Date; body: string },
): Record<string, string> {
  const timestamp = Math.floor(sentAt.getTime() / 1_000);
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
