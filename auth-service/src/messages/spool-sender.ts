import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sender } from './message.ts';
import { keptMessages, listSpoolFiles } from './messages.queries.ts';

/** Writes messages into a directory, one file each, that only this user reads: the development mailbox. The oldest go. */
export function spoolSender(directory: string): Sender {
  return async ({ id, ...message }) => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const unfinished = path.join(directory, `.${id}.${randomUUID()}`);
    await writeFile(unfinished, JSON.stringify(message), { mode: 0o600, flag: 'wx' });
    // Whoever reads finds the whole of it or nothing; sent again it takes its own place.
    await rename(unfinished, path.join(directory, `${id}.json`));
    const old = (await listSpoolFiles(directory)).slice(keptMessages);
    await Promise.all(old.map((file) => rm(file, { force: true })));
  };
}
