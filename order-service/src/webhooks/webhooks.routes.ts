import type { Database } from '@tradepost/service-kit/database.ts';
import { idParameter } from '@tradepost/service-kit/fields.ts';
import { toPage } from '@tradepost/service-kit/pagination.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import type { WebhookClient } from '../clients/webhook-client.ts';
import { changeWebhook } from './change-webhook.ts';
import { createWebhook } from './create-webhook.ts';
import { deleteWebhook } from './delete-webhook.ts';
import { rotateSecret } from './rotate-secret.ts';
import type { Webhook } from './webhook.model.ts';
import { listWebhooks, readWebhook, versionOf, viewWebhook } from './webhooks.queries.ts';
import { webhook, webhookFields, webhookFilter, webhookPage, webhookWithSecret } from './webhooks.schemas.ts';

export interface WebhookDependencies {
  database: Database;
  webhooks: WebhookClient;
}

const admins = { roles: ['admin'] } as const;
const onOne = {
  path: '/webhooks/{id}',
  access: admins,
  params: idParameter,
  problems: [notFound],
} as const;

const shown = (made: Webhook) => ({ ...versionOf(made), body: viewWebhook(made) });

/** The one answer that shows the secret. Its ETag is that of the webhook as it is read from then on. */
const shownOnce = (made: Webhook) => ({
  headers: { 'Cache-Control': 'no-store' },
  ...versionOf(made),
  body: { ...viewWebhook(made), secret: made.secret },
});

const createWebhookRoute = (dependencies: WebhookDependencies) =>
  route({
    method: 'post',
    path: '/webhooks',
    summary: 'Register somebody outside who wants to be told',
    access: admins,
    body: webhookFields,
    answers: { 201: webhookWithSecret },
    handle: async ({ body }) => {
      const { headers, ...made } = shownOnce(await createWebhook(dependencies, body));
      return { status: 201, ...made, headers: { ...headers, Location: `/api/v1/webhooks/${made.body.id}` } };
    },
  });

const listWebhooksRoute = () =>
  route({
    method: 'get',
    path: '/webhooks',
    summary: 'Who is told',
    access: admins,
    query: webhookFilter,
    answers: { 200: webhookPage },
    handle: async ({ query }) => {
      const page = toPage(await listWebhooks(query), query.limit, ({ id }) => id);
      return { status: 200, body: { ...page, items: page.items.map(viewWebhook) } };
    },
  });

const readWebhookRoute = () =>
  route({
    ...onOne,
    method: 'get',
    summary: 'One of those who are told',
    answers: { 200: webhook, 304: null },
    handle: async ({ params }) => ({ status: 200, ...shown(await readWebhook(params.id)) }),
  });

const changeWebhookRoute = (dependencies: WebhookDependencies) =>
  route({
    ...onOne,
    method: 'put',
    summary: 'Replace address and types; one that was disabled gets events again',
    body: webhookFields,
    versioned: 'optional',
    answers: { 200: webhook },
    handle: async ({ params, ifMatch, body }) => ({
      status: 200,
      ...shown(await changeWebhook(dependencies, { webhookId: params.id, ifMatch, ...body })),
    }),
  });

const deleteWebhookRoute = ({ database }: WebhookDependencies) =>
  route({
    ...onOne,
    method: 'delete',
    summary: 'Tell somebody no more',
    versioned: 'optional',
    answers: { 204: null },
    handle: async ({ params, ifMatch }) => {
      await deleteWebhook({ database }, { webhookId: params.id, ifMatch });
      return { status: 204, body: null };
    },
  });

const rotateSecretRoute = ({ database }: WebhookDependencies) =>
  route({
    ...onOne,
    method: 'post',
    path: '/webhooks/{id}/secret',
    summary: 'Make a new secret; for a day the old one signs, too',
    versioned: 'optional',
    answers: { 200: webhookWithSecret },
    handle: async ({ params, ifMatch }) => ({
      status: 200,
      ...shownOnce(await rotateSecret({ database }, { webhookId: params.id, ifMatch })),
    }),
  });

export function webhookRoutes(dependencies: WebhookDependencies): Route[] {
  return [
    createWebhookRoute,
    listWebhooksRoute,
    readWebhookRoute,
    changeWebhookRoute,
    deleteWebhookRoute,
    rotateSecretRoute,
  ].map((declare) => declare(dependencies));
}
