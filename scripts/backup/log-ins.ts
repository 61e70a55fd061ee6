import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, writePrivately } from '../local/data-directory.ts';

/** Not in the databases, but useless without them and they without it: who can log in with which password. */
export const logInsName = 'log-ins.json';

/** What npm start and npm run replay have noted beside the databases. */
const notes = ['admin.json', 'demo-data-loaded.json', 'replay.json'];

interface LogIns {
  notes: Record<string, unknown>;
  /** Of the demo accounts, by e-mail. */
  passwords: Record<string, unknown>;
}

const secretsOf = (dataDirectory: string): string => join(dataDirectory, 'secrets.json');

async function readSecrets(dataDirectory: string): Promise<Record<string, unknown>> {
  return ((await readJson(secretsOf(dataDirectory))) ?? {}) as Record<string, unknown>;
}

/** Those of people; the passwords of the database users belong to their server, which another one need not resemble. */
const isOfPerson = ([name]: [string, unknown]): boolean => name.includes('@');

/** Without these a shop that is restored elsewhere had an administrator, but nobody who knows the password. */
export async function saveLogIns(dataDirectory: string, directory: string): Promise<void> {
  const passwords = Object.fromEntries(Object.entries(await readSecrets(dataDirectory)).filter(isOfPerson));
  const logIns: LogIns = { notes: {}, passwords };
  for (const name of notes) {
    const note = await readJson(join(dataDirectory, name));
    if (note !== null) logIns.notes[name] = note;
  }
  await writePrivately(join(directory, logInsName), `${JSON.stringify(logIns, null, 2)}\n`);
}

/** A shop from elsewhere brings none: then npm start must not take it for a new one, and fill it with demo data. */
const fromElsewhere: LogIns = {
  notes: { 'demo-data-loaded.json': { loadedAt: 'restored from a backup of another place' } },
  passwords: {},
};

/** The log-ins of the shop that was there are of no use any more; those of the backup take their place. */
export async function putLogInsBack(dataDirectory: string, directory: string): Promise<void> {
  const kept = (await readJson(join(directory, logInsName))) as LogIns | null;
  const { notes: saved, passwords } = kept ?? fromElsewhere;
  const others = Object.entries(await readSecrets(dataDirectory)).filter((entry) => !isOfPerson(entry));
  const secrets = { ...Object.fromEntries(others), ...passwords };
  await writePrivately(secretsOf(dataDirectory), `${JSON.stringify(secrets, null, 2)}\n`);
  for (const name of notes) {
    const path = join(dataDirectory, name);
    if (name in saved) await writePrivately(path, `${JSON.stringify(saved[name], null, 2)}\n`);
    else if (existsSync(path)) await rm(path);
  }
}
