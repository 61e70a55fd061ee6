import { join } from 'node:path';
import { writePrivately } from '../local/data-directory.ts';
import type { Journal } from './journal.ts';

/** Keeps what was asked and answered beside the data that it does not fit; answers the path. */
export async function keepJournal({ entries, orders }: Journal, dataDirectory: string): Promise<string> {
  const file = join(dataDirectory, 'journal.json');
  const keys = entries.map(({ kind, key, path, body, by, answer, resourceId }) => {
    return { kind, key, path, body, by: by.id, answer, resourceId };
  });
  const known = [...orders.values()].map(({ id, key, buyer, seen }) => {
    return { id, key, buyer: buyer.id, seen: [...seen] };
  });
  await writePrivately(file, `${JSON.stringify({ keys, orders: known }, null, 1)}\n`);
  return file;
}
