import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Refusal } from './refusal.ts';

const run = promisify(execFile);

export interface DatabaseProgram {
  vendor: 'MariaDB' | 'MySQL';
  /** The series whose data files are compatible, such as 10.11 or 8.4. */
  series: string;
  path: string;
  /** MariaDB creates its system tables with a script of its own, MySQL with the server itself. */
  installDb: string | null;
}

export interface Programs {
  database: DatabaseProgram;
  nginx: string;
}

export type ProgramKind = 'database' | 'nginx';

// Servers live outside an ordinary user's PATH on most systems.
const usualPlaces = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/usr/libexec',
  '/usr/local/mysql/bin',
  '/usr/local/mariadb/bin',
  '/usr/local/nginx/sbin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/opt/homebrew/opt/mysql/bin',
];

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function findProgram(name: string, firstPlaces: string[] = []): string | null {
  const inPath = (process.env.PATH ?? '').split(delimiter).filter((place) => place.startsWith('/'));
  const places = [...firstPlaces, ...inPath, ...usualPlaces];
  return places.map((place) => join(place, name)).find(isProgram) ?? null;
}

/** MariaDB's set-up script, or null when it or what it calls is missing: Debian keeps the two in different packages. */
function findInstallDb(serverPath: string): string | null {
  const prefix = dirname(dirname(serverPath));
  const places = [dirname(serverPath), join(prefix, 'bin'), join(prefix, 'scripts')];
  if (findProgram('my_print_defaults', places) === null) return null;
  return findProgram('mariadb-install-db', places) ?? findProgram('mysql_install_db', places);
}

async function findDatabase(): Promise<DatabaseProgram | null> {
  const path = findProgram('mariadbd') ?? findProgram('mysqld');
  if (path === null) return null;
  const { stdout } = await run(path, ['--no-defaults', '--version']);
  const [, version = '', series] = /Ver ((\d+\.\d+)\S*)/.exec(stdout) ?? [];
  if (series === undefined) {
    throw new Refusal(
      `${path} did not tell its version: reinstall the database server, or put another one first in PATH.`,
    );
  }
  // The rest of the line holds the program's path, which may say mariadb of either.
  if (!/mariadb/i.test(version)) return { vendor: 'MySQL', series, path, installDb: null };
  const installDb = findInstallDb(path);
  return installDb === null ? null : { vendor: 'MariaDB', series, path, installDb };
}

export async function lookForPrograms(): Promise<Partial<Programs>> {
  const database = await findDatabase();
  const nginx = findProgram('nginx');
  return { ...(database && { database }), ...(nginx !== null && { nginx }) };
}
