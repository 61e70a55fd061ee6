import type { Database } from '@tradepost/service-kit/database.ts';
import { idParameter } from '@tradepost/service-kit/fields.ts';
import { toPage } from '@tradepost/service-kit/pagination.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { readAs } from '../callers/callers.queries.ts';
import { endSession } from './end-session.ts';
import { logOutEverywhere } from './log-out-everywhere.ts';
import { listOpenSessions, viewSession } from './open-sessions.queries.ts';
import { sessionFilter, sessionPage } from './open-sessions.schemas.ts';

interface Dependencies {
  database: Database;
}

const listSessionsRoute = ({ database }: Dependencies) =>
  route({
    method: 'get',
    path: '/auth/sessions',
    summary: 'Where you are logged in',
    access: 'user',
    query: sessionFilter,
    answers: { 200: sessionPage },
    handle: async ({ caller, query }) => {
      const list = () => listOpenSessions(database, { userId: caller.id, ...query });
      const found = await readAs(caller, list);
      const page = toPage(found, query.limit, ({ id }) => id);
      const items = page.items.map((session) => viewSession(session, caller.sessionId));
      return { status: 200, body: { ...page, items } };
    },
  });

const endSessionRoute = (dependencies: Dependencies) =>
  route({
    method: 'delete',
    path: '/auth/sessions/{id}',
    summary: 'Log out somewhere else',
    access: 'user',
    versioned: 'optional',
    params: idParameter,
    answers: { 204: null },
    problems: [notFound],
    handle: async ({ caller, params, ifMatch }) => {
      await endSession(dependencies, { sessionId: params.id, caller, ifMatch });
      return { status: 204, body: null };
    },
  });

const logOutEverywhereRoute = (dependencies: Dependencies) =>
  route({
    method: 'post',
    path: '/auth/logout-all',
    summary: 'End all your sessions, that of this token too',
    access: 'user',
    answers: { 204: null },
    handle: async ({ caller }) => {
      await logOutEverywhere(dependencies, caller);
      return { status: 204, body: null };
    },
  });

export function openSessionRoutes(dependencies: Dependencies): Route[] {
  return [listSessionsRoute, endSessionRoute, logOutEverywhereRoute].map((declare) => declare(dependencies));
}
