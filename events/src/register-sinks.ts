import type { Database } from '@tradepost/service-kit/database.ts';
import type { Sink } from './sink.ts';

/**
 * Makes events recorded from now on wait for these sinks, and for no others. What still waits for one that is not named any
 * more is left: whoever names it again gets it.
 * @param sinks of this service; each of its processes names the same ones, before it serves
 */
export async function registerSinks(database: Database, sinks: readonly Pick<Sink, 'name'>[]): Promise<void> {
  const names = sinks.map(({ name }) => name);
  await database.transaction(async (tx) => {
    for (const name of names)
      await database.change('INSERT IGNORE INTO outbox_sinks (name) VALUES (:name)', { name }, tx);
    await database.change('DELETE FROM outbox_sinks WHERE name NOT IN (:names)', { names }, tx);
  });
}
