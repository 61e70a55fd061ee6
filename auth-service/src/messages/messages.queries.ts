import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Message } from './message.ts';

/** A message as the development mailbox shows it. */
export interface SpooledMessage extends Message {
  createdAt: string;
}

/** How many the development mailbox keeps; it is not made for more. */
export const keptMessages = 500;

/** Messages that no process sends any more. A claim passes over them, so they go every minute. */
export const expiredMessages = {
  everyMs: 60_000,
  deletions: ['DELETE FROM outgoing_messages WHERE expires_at < NOW(3) LIMIT 1000'],
};

async function readSpooled(file: string): Promise<SpooledMessage[]> {
  try {
    const found = JSON.parse(await readFile(file, 'utf8')) as SpooledMessage;
    const { to, channel, subject, text, createdAt } = found;
    return [{ to, channel, subject, text, createdAt }];
  } catch {
    // Deleted meanwhile, or put there by somebody else.
    return [];
  }
}

/** The files in the spool, the newest first. */
export async function listSpoolFiles(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    // It is made with the first message.
    if ((error as { code?: string }).code === 'ENOENT') return [];
    throw error;
  });
  // A name is a UUID of version 7: it begins with its time.
  const newestFirst = names
    .filter((name) => /^[0-9a-f-]{36}\.json$/.test(name))
    .sort()
    .reverse();
  return newestFirst.map((name) => path.join(directory, name));
}

/** The messages in the spool, the newest first. */
export async function listSpool(directory: string): Promise<SpooledMessage[]> {
  const newest = (await listSpoolFiles(directory)).slice(0, keptMessages);
  return (await Promise.all(newest.map(readSpooled))).flat();
}
