import { replayFailed } from '@tradepost/events/dead-letters.ts';
import { idParameter } from '@tradepost/service-kit/fields.ts';
import { toPage } from '@tradepost/service-kit/pagination.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { type DeadLetterDependencies, listHeld } from './dead-letters.queries.ts';
import { deadLetter, deadLetterFilter, deadLetterPage } from './dead-letters.schemas.ts';
import { replayHeld } from './replay-held.ts';

const admins = { roles: ['admin'] } as const;

const listDeadLettersRoute = (dependencies: DeadLetterDependencies) =>
  route({
    method: 'get',
    path: '/dead-letters',
    summary: 'Events that were set aside, in all services',
    access: admins,
    query: deadLetterFilter,
    answers: { 200: deadLetterPage },
    handle: async ({ query }) => ({
      status: 200,
      body: toPage(await listHeld(dependencies, query), query.limit, ({ id }) => id),
    }),
  });

const replayDeadLetterRoute = (dependencies: DeadLetterDependencies) =>
  route({
    method: 'post',
    path: '/dead-letters/{id}/replay',
    summary: 'Give an event that was set aside another try',
    access: admins,
    params: idParameter,
    answers: { 200: deadLetter },
    problems: [notFound, replayFailed],
    handle: async ({ params }) => ({
      status: 200,
      body: await replayHeld(dependencies, { letterId: params.id }),
    }),
  });

export function deadLetterRoutes(dependencies: DeadLetterDependencies): Route[] {
  return [listDeadLettersRoute, replayDeadLetterRoute].map((declare) => declare(dependencies));
}
