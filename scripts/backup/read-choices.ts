import { join, resolve } from 'node:path';
import { type Call, readCall } from '../commands/read-call.ts';

export type PlaceName = Call<'backup'>['options']['from'];

export interface Choices {
  place: PlaceName;
  /** Of the backup. */
  directory: string;
  /** Of npm start. */
  data: string;
}

const root = join(import.meta.dirname, '../..');
const usualData = join(root, '.data');

export function readBackupChoices(): Choices {
  const { from: place, to, data = usualData } = readCall('backup').options;
  // 2026-11-30T08-15-00Z: a name without colons can be copied to any disk.
  const now = new Date()
    .toISOString()
    .replace(/[.]\d+/, '')
    .replaceAll(':', '-');
  return { place, directory: resolve(to ?? join(root, 'backups', now)), data: resolve(data) };
}

export function readRestoreChoices(): Choices & { yes: boolean } {
  const { from, into: place, yes, data = usualData } = readCall('restore').options;
  return { place, directory: resolve(from), data: resolve(data), yes };
}
