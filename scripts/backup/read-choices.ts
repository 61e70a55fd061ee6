import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Refusal } from '../local/refusal.ts';

const places = ['local', 'compose', 'cluster'] as const;
export type PlaceName = (typeof places)[number];

export interface Choices {
  place: PlaceName;
  /** Of the backup. */
  directory: string;
  /** Of npm start. */
  data: string;
}

const root = join(import.meta.dirname, '../..');
const backupUsage =
  'use npm run backup -- [--from local, compose or cluster] [--to DIRECTORY] [--data DIRECTORY of npm start]';
const restoreUsage =
  'use npm run restore -- --from DIRECTORY [--into local, compose or cluster] [--yes] [--data DIRECTORY of npm start]';

const data = { type: 'string', default: join(root, '.data') } as const;
const place = { type: 'string', default: 'local' } as const;

function choosePlace(text: string, usage: string): PlaceName {
  const name = places.find((one) => one === text);
  if (name === undefined) throw new Refusal(`There is no place ${text}: ${usage}.`);
  return name;
}

function understand<Values>(parse: () => Values, usage: string): Values {
  try {
    return parse();
  } catch {
    throw new Refusal(`These arguments are not understood: ${usage}.`);
  }
}

export function readBackupChoices(): Choices {
  const options = { from: place, to: { type: 'string' }, data } as const;
  const values = understand(() => parseArgs({ options }).values, backupUsage);
  // 2026-11-30T08-15-00Z: a name without colons can be copied to any disk.
  const now = new Date()
    .toISOString()
    .replace(/[.]\d+/, '')
    .replaceAll(':', '-');
  return {
    place: choosePlace(values.from, backupUsage),
    directory: resolve(values.to ?? join(root, 'backups', now)),
    data: resolve(values.data),
  };
}

export function readRestoreChoices(): Choices & { yes: boolean } {
  const options = {
    from: { type: 'string' },
    into: place,
    yes: { type: 'boolean', default: false },
    data,
  } as const;
  const values = understand(() => parseArgs({ options }).values, restoreUsage);
  if (values.from === undefined) throw new Refusal(`Which backup is to be restored: ${restoreUsage}.`);
  return {
    place: choosePlace(values.into, restoreUsage),
    directory: resolve(values.from),
    data: resolve(values.data),
    yes: values.yes,
  };
}
