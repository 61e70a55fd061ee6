import { type EntityTags, requireMatch, type Versioned } from '@tradepost/service-kit/precondition.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { Op, type Transaction } from 'sequelize';
import { Webhook } from './webhook.model.ts';

/** Webhooks, newest first, one more than asked for. */
export function listWebhooks({
  limit,
  cursor,
}: {
  limit: number;
  cursor?: string | undefined;
}): Promise<Webhook[]> {
  return Webhook.findAll({
    where: { deletedAt: null, ...(cursor !== undefined && { id: { [Op.lt]: cursor } }) },
    order: [['id', 'DESC']],
    limit: limit + 1,
  });
}

/**
 * Lists webhooks that get events now, with the types that each wants. Their rows stay locked for reading until the
 * transaction ends: what it queues is there when a webhook is disabled or deleted, and ends with it.
 */
export function listListening(tx: Transaction): Promise<Webhook[]> {
  return Webhook.findAll({
    attributes: ['id', 'types'],
    where: { disabledAt: null, deletedAt: null },
    transaction: tx,
    lock: tx.LOCK.SHARE,
  });
}

/** Reads a webhook; 404 when there is none, or it was deleted. */
export async function readWebhook(webhookId: string, tx?: Transaction): Promise<Webhook> {
  const where = { id: webhookId, deletedAt: null };
  const found = await Webhook.findOne({ where, ...(tx && { transaction: tx, lock: true }) });
  if (!found) throw notFound('There is no such webhook.');
  return found;
}

/** One to be edited: locked, and of the version that the caller knows, when they name one. */
export async function lockWebhook(
  webhookId: string,
  ifMatch: EntityTags | undefined,
  tx: Transaction,
): Promise<Webhook> {
  const found = await readWebhook(webhookId, tx);
  if (ifMatch !== undefined) requireMatch(ifMatch, versionOf(found), () => viewWebhook(found));
  return found;
}

function statusOf({ failingSince, disabledAt }: Webhook) {
  if (disabledAt) return 'disabled' as const;
  return failingSince ? ('failing' as const) : ('active' as const);
}

/** Deliveries change the status without a new version: any status but `active` is another view. */
export function versionOf(webhook: Webhook): Versioned {
  const { version, fieldVersions } = webhook;
  return { version, fieldVersions, otherView: statusOf(webhook) !== 'active' };
}

/** What admins see: never the secret. */
export function viewWebhook(webhook: Webhook) {
  const { id, url, types, version, createdAt } = webhook;
  return { id, url, types, status: statusOf(webhook), version, createdAt: createdAt.toISOString() };
}
