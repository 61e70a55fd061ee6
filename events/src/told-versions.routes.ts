import type { Database } from '@tradepost/service-kit/database.ts';
import { id, wholeNumber } from '@tradepost/service-kit/fields.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { z } from 'zod';
import { listVersions, type ToldTable } from './told-versions.ts';

const idList = z
  .string()
  .transform((value) => value.split(','))
  .pipe(z.array(id).min(1).max(100));

const versions = z.object({
  items: z.array(z.object({ subject: id, version: z.int(), isSettled: z.boolean() })),
  nextCursor: id.nullable().meta({ description: '`after` of the next page' }),
});

/**
 * GET /internal/v1/audit/versions: what has changed, to be compared with what was told of it.
 * @param tables by the source of their events
 */
export function toldVersionsRoute(database: Database, tables: Record<string, ToldTable>): Route {
  return route({
    method: 'get',
    path: '/audit/versions',
    summary: 'The versions that things have come to, to be compared with what was told of them',
    access: 'service',
    query: z.strictObject({
      source: z.string(),
      after: id.optional(),
      limit: wholeNumber(1, 1000).default(1000),
      ids: idList.optional(),
    }),
    answers: { 200: versions },
    problems: [notFound],
    handle: async ({ query }) => {
      const table = tables[query.source];
      if (!table) throw notFound('No events are told here under this source.');
      const found = await listVersions(database, table, query);
      const items = found.slice(0, query.limit);
      const nextCursor = found.length > query.limit ? (items.at(-1)?.subject ?? null) : null;
      return { status: 200, body: { items, nextCursor } };
    },
  });
}
