import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { readCall } from './commands/read-call.ts';
import { openDataDirectory } from './local/data-directory.ts';
import { Refusal } from './local/refusal.ts';
import { stopLeftovers } from './local/stop-leftovers.ts';

const dataDirectory = join(import.meta.dirname, '../.data');

async function askWhetherToDelete(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new Refusal(
      'Nobody can be asked here: type npm run reset -- --yes to delete all local data without a question.',
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(
    `Delete all local data in ${dataDirectory}, every account and order? [y/N] `,
  );
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function reset(): Promise<string> {
  const { yes } = readCall('reset').options;
  if (!existsSync(dataDirectory)) return 'There is no local data; npm start makes new.';
  // Refuses while Tradepost runs, and a directory that is not ours.
  const data = await openDataDirectory(dataDirectory);
  try {
    if (!yes && !(await askWhetherToDelete())) return 'Nothing was deleted.';
    await stopLeftovers(data, console.log);
    await rm(data.path, { recursive: true, force: true });
    return 'All local data is deleted; npm start makes new.';
  } finally {
    await data.unlock();
  }
}

try {
  console.log(await reset());
} catch (error) {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
}
