import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, writePrivately } from '../local/data-directory.ts';
import { Refusal } from '../local/refusal.ts';
import { databaseNames, type ByDatabase, type DatabaseName } from './databases.ts';
import type { Contents } from './read-table.ts';

export interface File {
  name: string;
  bytes: number;
  sha256: string;
}

export interface DatabaseRecord {
  /** As the server names itself. */
  server: string;
  characterSet: string;
  collation: string;
  /** The migrations that are applied. */
  migrations: string[];
  tables: Record<string, Contents>;
}

/** What a backup holds; written last, so that without one it is none. */
export interface Manifest {
  /** 1 was without paymentsDB. */
  format: 2;
  takenAt: string;
  from: string;
  pausedMs: number;
  databases: ByDatabase<DatabaseRecord>;
  sums: Record<string, string>;
  /** What was wrong with the shop by then, in sentences. */
  faults: string[];
  files: File[];
}

const manifestName = 'manifest.json';

export const fileOf = (name: DatabaseName): string => `${name}.sql.gz`;

export async function describeFile(directory: string, name: string): Promise<File> {
  const path = join(directory, name);
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return { name, bytes: (await stat(path)).size, sha256: hash.digest('hex') };
}

export async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  await writePrivately(join(directory, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function refuseDamage(directory: string, { name, bytes, sha256 }: File): Promise<void> {
  const path = join(directory, name);
  if (!existsSync(path)) throw new Refusal(`${path} is missing: get it back, or restore another backup.`);
  const found = await describeFile(directory, name);
  if (found.sha256 === sha256) return;
  throw new Refusal(
    `${path} is damaged (${found.bytes} bytes with another checksum, ${bytes} were written): get it back, or restore another backup.`,
  );
}

/** Whether this checkout knows all that the backup's tables went through. */
async function refuseNewer({ databases }: Manifest): Promise<void> {
  const services = {
    authDB: 'auth-service',
    productsDB: 'product-service',
    ordersDB: 'order-service',
    paymentsDB: 'payment-simulator',
  };
  for (const name of databaseNames) {
    const known = await readdir(join(import.meta.dirname, '../..', services[name], 'migrations'));
    const unknown = databases[name].migrations.find((migration) => !known.includes(migration));
    if (unknown === undefined) continue;
    throw new Refusal(
      `The backup was taken by a newer version, with the migration ${unknown} of ${name}: check that version out, then try again.`,
    );
  }
}

/** The manifest of a backup that is whole: every file is there as it was written. */
export async function readManifest(directory: string): Promise<Manifest> {
  if (!existsSync(directory)) throw new Refusal(`${directory} is not there: name the directory of a backup.`);
  const path = join(directory, manifestName);
  if (!existsSync(path)) {
    throw new Refusal(
      `${directory} holds no ${manifestName}: its backup was interrupted, or it is none; restore another one.`,
    );
  }
  const manifest = (await readJson(path)) as Manifest;
  if ((manifest as { format?: unknown }).format !== 2)
    throw new Refusal(`${path} was written by another version of Tradepost: restore it with that one.`);
  for (const file of manifest.files) await refuseDamage(directory, file);
  await refuseNewer(manifest);
  return manifest;
}
