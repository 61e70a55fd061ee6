import type { Database } from '@tradepost/service-kit/database.ts';

export type Reader = Pick<Database, 'select'>;

/** Both servers take the second word in the same statement as the first; Sequelize knows only the first. */
const oneMoment = { isolationLevel: 'REPEATABLE READ, READ ONLY' } as object;

/** Reads two databases, each as it was at one moment; the two moments are as close together as the first reads. */
export function inSnapshots<T>(
  [one, other]: readonly [Database, Database],
  read: (one: Reader, other: Reader) => Promise<T>,
): Promise<T> {
  const inTransaction = <R>(database: Database, work: (reader: Reader) => Promise<R>): Promise<R> =>
    database.sequelize.transaction(oneMoment, (tx) =>
      work({ select: (sql, values) => database.select(sql, values, tx) }),
    );
  return inTransaction(one, (first) => inTransaction(other, (second) => read(first, second)));
}
