import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { readJson, writePrivately } from './data-directory.ts';
import type { DatabaseProgram } from './find-programs.ts';
import { Refusal } from './refusal.ts';

const run = promisify(execFile);

// The kernel's limit for the path of a Unix socket, without the closing zero (macOS has the smaller one).
const longestSocketPath = process.platform === 'linux' ? 107 : 103;

/** The servers refuse to run as root unless told by name. */
export function userArguments(): string[] {
  return process.getuid?.() === 0 ? [`--user=${userInfo().username}`] : [];
}

async function createSystemTables(program: DatabaseProgram, directory: string): Promise<void> {
  // mariadb-install-db is a shell script that passes the path to chown without quotes: it must have no odd character.
  const [cwd, name] = [dirname(directory), basename(directory)];
  const shared = ['--no-defaults', `--datadir=./${name}`, ...userArguments()];
  const command = program.installDb ?? program.path;
  const method =
    program.installDb === null
      ? ['--initialize-insecure']
      : // The other method leaves administrators without a password behind the TCP port.
        ['--auth-root-authentication-method=socket', '--skip-test-db'];
  await mkdir(directory, { recursive: true, mode: 0o700 });
  try {
    await run(command, [...shared, ...method], { cwd, maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string };
    const lines = `${stdout ?? ''}\n${stderr ?? ''}`.split('\n');
    const reason = lines.find((line) => /error/i.test(line)) ?? message;
    throw new Refusal(
      `${program.vendor} could not create its system tables (${reason}): mend that, then npm start again.`,
    );
  }
}

function sayOtherServer(mark: { vendor: string; series: string }, program: DatabaseProgram): Refusal {
  const [kept, found] = [`${mark.vendor} ${mark.series}`, `${program.vendor} ${program.series}`];
  return new Refusal(
    `The local data was written by ${kept} but the server found is ${found}: install ${kept} again, or delete the data with npm run reset.`,
  );
}

/** Makes the server's files once; later it only checks that this server may open them. */
export async function prepareDatabaseFiles(
  dataPath: string,
  program: DatabaseProgram,
  onProgress: (message: string) => void,
): Promise<string> {
  const [files, markFile] = [join(dataPath, 'database'), join(dataPath, 'database.json')];
  const mark = (await readJson(markFile)) as { vendor: string; series: string } | null;
  if (mark !== null && (mark.vendor !== program.vendor || mark.series !== program.series)) {
    throw sayOtherServer(mark, program);
  }
  if (existsSync(files)) {
    if (mark !== null) return files;
    throw new Refusal(
      `${files} was not written by Tradepost: move it away, or delete all local data with npm run reset.`,
    );
  }
  onProgress(`creating a private database (${program.vendor} ${program.series})`);
  // Renamed at the end only: whatever an interrupted start left in the draft is thrown away.
  const draft = `${files}.draft`;
  await rm(draft, { recursive: true, force: true });
  await createSystemTables(program, draft);
  await writePrivately(markFile, JSON.stringify({ vendor: program.vendor, series: program.series }));
  await rename(draft, files);
  return files;
}

const socketRecord = (dataPath: string): string => join(dataPath, 'database-socket.json');

/** Chooses a path for the server's socket: beside its files, or a private temporary directory when that path is too long. */
async function choosePath(dataPath: string): Promise<string> {
  const beside = join(dataPath, 'database.sock');
  if (Buffer.byteLength(beside) <= longestSocketPath) return beside;
  const temporary = Buffer.byteLength(tmpdir()) <= 60 ? tmpdir() : '/tmp';
  return join(await mkdtemp(join(temporary, 'tradepost-')), 'database.sock');
}

/** Chooses the path of the server's socket and records it for other commands. */
export async function chooseSocketPath(dataPath: string): Promise<string> {
  const path = await choosePath(dataPath);
  await writePrivately(socketRecord(dataPath), JSON.stringify({ path }));
  return path;
}

/** The socket of the server that runs from this data directory; undefined when there is none. */
export async function findSocketPath(dataPath: string): Promise<string | undefined> {
  const record = (await readJson(socketRecord(dataPath))) as { path: string } | null;
  return record !== null && existsSync(record.path) ? record.path : undefined;
}
