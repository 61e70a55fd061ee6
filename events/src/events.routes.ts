import { id, idParameter, time, wholeNumber } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, pageOf, toPage } from '@tradepost/service-kit/pagination.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { z } from 'zod';
import { cloudEvent } from './cloud-event.ts';
import { listDeadLetters, replayDeadLetter, replayFailed, viewDeadLetter } from './dead-letters.ts';
import { type InboxDependencies, receiveEvents } from './receive-events.ts';
import { toldVersionsRoute } from './told-versions.routes.ts';
import type { ToldTable } from './told-versions.ts';

const mostAtOnce = 1_000;

export const deadLetter = z.object({
  id,
  sink: z.string().nullable().meta({ description: 'Who refused it; null when it could not be applied here' }),
  type: z.string(),
  event: cloudEvent,
  error: z.string(),
  attempts: z.int(),
  parkedAt: time,
});

/** One more than an administrator may ask for: whoever merges the lists of several services sees whether there is a next page. */
const deadLetterFilter = z.strictObject({
  limit: wholeNumber(1, 101).default(20),
  cursor: cursorParameter(id),
});

const receiveEventsRoute = (dependencies: InboxDependencies) =>
  route({
    method: 'post',
    path: '/events',
    summary: 'Take events of another service',
    access: 'service',
    body: z.array(cloudEvent).max(mostAtOnce),
    answers: { 204: null },
    handle: async ({ body }) => {
      await receiveEvents(dependencies, body);
      return { status: 204, body: null };
    },
  });

const listDeadLettersRoute = (dependencies: InboxDependencies) =>
  route({
    method: 'get',
    path: '/dead-letters',
    summary: 'Events that were set aside',
    access: 'service',
    query: deadLetterFilter,
    answers: { 200: pageOf(deadLetter) },
    handle: async ({ query }) => {
      const page = toPage(await listDeadLetters(dependencies, query), query.limit, (letter) => letter.id);
      return { status: 200, body: { ...page, items: page.items.map(viewDeadLetter) } };
    },
  });

const replayDeadLetterRoute = (dependencies: InboxDependencies) =>
  route({
    method: 'post',
    path: '/dead-letters/{id}/replay',
    summary: 'Give an event that was set aside another try',
    access: 'service',
    params: idParameter,
    answers: { 200: deadLetter },
    problems: [notFound, replayFailed],
    handle: async ({ params }) => ({
      status: 200,
      body: viewDeadLetter(await replayDeadLetter(dependencies, params.id)),
    }),
  });

/**
 * What other services call: events for this one, what it has set aside, and what has changed here.
 * @param tables those whose versions another service compares with the events it got, by the source of these
 */
export function eventRoutes(dependencies: InboxDependencies, tables?: Record<string, ToldTable>): Route[] {
  return [
    receiveEventsRoute(dependencies),
    listDeadLettersRoute(dependencies),
    replayDeadLetterRoute(dependencies),
    ...(tables ? [toldVersionsRoute(dependencies.database, tables)] : []),
  ];
}
