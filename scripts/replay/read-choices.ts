import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readJson } from '../local/data-directory.ts';
import { Refusal } from '../local/refusal.ts';
import type { Login } from '../local/secrets.ts';

export interface Choices {
  file: string;
  url: string;
  concurrency: number;
  /** How many invoices of the file, from its beginning. */
  first: number;
  /** Where the accounts of this run are kept for the next. */
  data: string;
}

const usage =
  'use npm run replay -- [--file invoices.csv.gz] [--url http://127.0.0.1:8080] [--concurrency 1 to 256] [--first N] [--data DIRECTORY]';
const root = join(import.meta.dirname, '../..');
const usualFile = '../shared/data/online-retail.csv.gz';

type Arguments = Record<'url' | 'concurrency' | 'first' | 'data', string> & { file?: string | undefined };

function readArguments(): Arguments {
  const options = {
    file: { type: 'string' },
    url: { type: 'string', default: 'http://127.0.0.1:8080' },
    concurrency: { type: 'string', default: '16' },
    first: { type: 'string', default: 'all' },
    data: { type: 'string', default: join(root, '.data') },
  } as const;
  try {
    return parseArgs({ options }).values;
  } catch {
    throw new Refusal(`These arguments are not understood: ${usage}.`);
  }
}

function chooseFile(given: string | undefined): string {
  const named = given || process.env.REPLAY_FILE;
  if (named) return resolve(named);
  const usual = join(root, usualFile);
  if (existsSync(usual)) return usual;
  throw new Refusal(
    `No file of invoices was named and ${usualFile} is not there: ${usage}, or set REPLAY_FILE.`,
  );
}

function parseUrl(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url.href.replace(/\/+$/, '');
  throw new Refusal(`--url ${text} is not an http or https address: ${usage}.`);
}

function parseConcurrency(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= 256) return number;
  throw new Refusal(`--concurrency ${text} is not a whole number from 1 to 256: ${usage}.`);
}

function parseFirst(text: string): number {
  if (text === 'all') return Infinity;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Refusal(`--first ${text} is not a number of invoices: ${usage}.`);
}

export function readChoices(): Choices {
  const { file, url, concurrency, first, data } = readArguments();
  return {
    url: parseUrl(url),
    concurrency: parseConcurrency(concurrency),
    file: chooseFile(file),
    first: parseFirst(first),
    data: resolve(data),
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
