import type { Database } from '@tradepost/service-kit/database.ts';
import { idParameter } from '@tradepost/service-kit/fields.ts';
import { toPage } from '@tradepost/service-kit/pagination.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { webhookDisabled } from '../webhooks/webhooks.errors.ts';
import { readWebhook } from '../webhooks/webhooks.queries.ts';
import { redeliverEvent } from './redeliver-event.ts';
import { listDeliveries, viewDelivery } from './webhook-deliveries.queries.ts';
import { delivery, deliveryFilter, deliveryPage, deliveryParameters } from './webhook-deliveries.schemas.ts';

const admins = { roles: ['admin'] } as const;

const listDeliveriesRoute = (database: Database) =>
  route({
    method: 'get',
    path: '/webhooks/{id}/deliveries',
    summary: 'What was sent to somebody, and is to be sent',
    access: admins,
    params: idParameter,
    query: deliveryFilter,
    answers: { 200: deliveryPage },
    problems: [notFound],
    handle: async ({ params, query }) => {
      const { id: webhookId } = await readWebhook(params.id);
      const found = await listDeliveries(database, { webhookId, ...query });
      const page = toPage(found, query.limit, ({ id }) => id);
      return { status: 200, body: { ...page, items: page.items.map(viewDelivery) } };
    },
  });

const redeliverEventRoute = (database: Database) =>
  route({
    method: 'post',
    path: '/webhooks/{id}/deliveries/{deliveryId}/redeliver',
    summary: 'Send an event once more',
    access: admins,
    params: deliveryParameters,
    answers: { 200: delivery },
    problems: [notFound, webhookDisabled],
    handle: async ({ params: { id: webhookId, deliveryId } }) => ({
      status: 200,
      body: viewDelivery(await redeliverEvent({ database }, { webhookId, deliveryId })),
    }),
  });

export function deliveryRoutes({ database }: { database: Database }): Route[] {
  return [listDeliveriesRoute(database), redeliverEventRoute(database)];
}
