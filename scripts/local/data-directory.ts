import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isIdentity, isRunning, startTimeOf, type ProcessIdentity } from './process-identity.ts';
import { Refusal } from './refusal.ts';

export interface DataDirectory {
  path: string;
  logs: string;
  /** One file for each process that runs, for the next start to find what was left behind. */
  running: string;
  unlock(): Promise<void>;
}

const markName = 'tradepost-data.json';
const format = 1;

/** Writes a file that only its owner may read, and never half of it. */
export async function writePrivately(path: string, content: string): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, content, { mode: 0o600 });
  await rename(draft, path);
}

export async function readJson(path: string): Promise<unknown> {
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch {
    throw new Refusal(
      `${path} cannot be read as JSON: restore it, or delete all local data with npm run reset.`,
    );
  }
}

async function refuseForeign(path: string): Promise<void> {
  const { uid } = await stat(path);
  const ownUid = process.getuid?.() ?? uid;
  if (uid !== ownUid) {
    throw new Refusal(
      `${path} belongs to another user (uid ${uid}): start as that user, or move the directory away.`,
    );
  }
  const names = await readdir(path);
  const mark = (await readJson(join(path, markName))) as { format?: unknown } | null;
  if (mark === null && names.length > 0) {
    throw new Refusal(
      `${path} holds files that Tradepost did not write: move the directory away, then npm start again.`,
    );
  }
  if (mark !== null && mark.format !== format) {
    throw new Refusal(
      `${path} was written by another version of Tradepost: use that version, or delete the directory.`,
    );
  }
}

async function readOwner(lockPath: string): Promise<ProcessIdentity | null> {
  const owner = await readJson(lockPath);
  return isIdentity(owner) ? owner : null;
}

/** The process that uses the directory at this moment, if any. */
export async function findOwner(path: string): Promise<ProcessIdentity | null> {
  const owner = await readOwner(join(path, 'lock.json'));
  return owner !== null && isRunning(owner) ? owner : null;
}

function inUse(path: string, pid: number): Refusal {
  return new Refusal(
    `Tradepost already runs from ${path} (process ${pid}): stop that one with Ctrl-C first.`,
  );
}

async function lock(path: string): Promise<() => Promise<void>> {
  const lockPath = join(path, 'lock.json');
  const owner = await findOwner(path);
  if (owner !== null) throw inUse(path, owner.pid);
  const own: ProcessIdentity = { pid: process.pid, startedAt: startTimeOf(process.pid) ?? '' };
  await writePrivately(lockPath, JSON.stringify(own));
  // Two starts at the same moment both find the lock free; the later rename wins and the other one sees it here.
  await wait(50);
  const winner = await readOwner(lockPath);
  if (winner?.pid !== own.pid) throw inUse(path, winner?.pid ?? 0);
  return () => rm(lockPath, { force: true });
}

/** Makes the directory, or recognises it as ours, and keeps it for this process. */
export async function openDataDirectory(directory: string): Promise<DataDirectory> {
  const path = resolve(directory);
  await mkdir(path, { recursive: true, mode: 0o700 });
  await refuseForeign(path);
  await chmod(path, 0o700);
  await writePrivately(join(path, markName), JSON.stringify({ format }));
  const unlock = await lock(path);
  const [logs, running] = [join(path, 'logs'), join(path, 'running')];
  await mkdir(logs, { recursive: true });
  await mkdir(running, { recursive: true });
  return { path, logs, running, unlock };
}
