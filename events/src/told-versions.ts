import type { Database } from '@tradepost/service-kit/database.ts';

/** A table with a version of each row, and an event for each version. */
export interface ToldTable {
  table: string;
  /** The column with the subject of its events. */
  key: string;
  /** Condition that finds rows that have changed since events are told. */
  hasTold: string;
}

/** For a table whose version is older than its events. */
export const changedSinceFirstRelay = 'updated_at > (SELECT MIN(registered_at) FROM outbox_sinks)';

/** The version that a thing has come to. */
export interface ThingVersion {
  subject: string;
  version: number;
  /** Whether all of it must be told by now: nothing waits for a sink, or was set aside. */
  isSettled: boolean;
}

export interface Selection {
  after?: string | undefined;
  limit: number;
  ids?: readonly string[] | undefined;
}

const unsettled = `SELECT JSON_VALUE(event, '$.subject') FROM outbox
         UNION SELECT JSON_VALUE(event, '$.subject') FROM dead_letters`;

/** Versions of all rows, or of some, in ascending subject, one more than asked for. */
export async function listVersions(
  { select }: Pick<Database, 'select'>,
  { table, key, hasTold }: ToldTable,
  { after = '', limit, ids }: Selection,
): Promise<ThingVersion[]> {
  const rows = await select<ThingVersion>(
    `SELECT ${key} AS subject, version, ${hasTold} AND ${key} NOT IN (${unsettled}) AS isSettled FROM ${table}
      WHERE ${key} > :after ${ids === undefined ? '' : `AND ${key} IN (:ids)`} ORDER BY ${key} LIMIT :rows`,
    { after, ids, rows: limit + 1 },
  );
  return rows.map((row) => ({ ...row, isSettled: Boolean(row.isSettled) }));
}
