import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readCall } from '../commands/read-call.ts';
import { readJson } from '../local/data-directory.ts';
import { Refusal } from '../local/refusal.ts';
import type { Login } from '../local/secrets.ts';

export interface Choices {
  file: string;
  encoding: string;
  url: string;
  concurrency: number;
  /** How many invoices of the file, from its beginning. */
  first: number;
  /** Where the accounts of this run are kept for the next. */
  data: string;
}

const root = join(import.meta.dirname, '../..');
const usualFile = '../shared/data/online-retail.csv.gz';

function chooseFile(given: string | undefined): string {
  const named = given ?? process.env.REPLAY_FILE;
  if (named) return resolve(named);
  const usual = join(root, usualFile);
  if (existsSync(usual)) return usual;
  throw new Refusal(`${usualFile} is not there: name a file of invoices with --file or REPLAY_FILE.`);
}

export function readChoices(): Choices {
  const { file, encoding, url, concurrency, first = Infinity, data } = readCall('replay').options;
  return {
    file: chooseFile(file),
    encoding,
    url: new URL(url).href.replace(/\/+$/, ''),
    concurrency,
    first,
    data: resolve(data ?? join(root, '.data')),
  };
}

/** The administrator of the environment, else the one whom npm start has kept in its data directory. */
export async function findAdmin(dataDirectory: string): Promise<Login> {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = process.env;
  if (email && password) return { email, password };
  if (email || password)
    throw new Refusal('ADMIN_EMAIL and ADMIN_PASSWORD belong together: set both or none.');
  const kept = (await readJson(join(dataDirectory, 'admin.json'))) as Login | null;
  if (kept !== null) return kept;
  throw new Refusal(
    'An administrator must make the retailer a seller: set ADMIN_EMAIL and ADMIN_PASSWORD, or begin with npm start in this checkout.',
  );
}
