import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '../..');
const left = /^([.]git|[.]data.*|backups|coverage)$/;

/**
 * Copies this checkout, its packages included, to a directory of that name on the same disk. The copies are hard links
 * where `cp` makes them: only what replaces a file, and writes into none, may run there.
 */
export async function copyCheckout(
  name: string,
): Promise<{ directory: string; remove: () => Promise<void> }> {
  const parent = await mkdtemp(path.join(root, '.data-copy-'));
  const directory = path.join(parent, name);
  const names = (await readdir(root)).filter((entry) => !left.test(entry));
  const copy = async (how: string): Promise<unknown> => {
    await mkdir(directory, { recursive: true });
    return run('cp', [how, ...names, directory], { cwd: root });
  };
  await copy('-al').catch(async () => {
    await rm(directory, { recursive: true });
    return copy('-a');
  });
  // The only file that a start writes into.
  await rm(path.join(directory, 'node_modules/.tradepost-stamp'), { force: true });
  return { directory, remove: () => rm(parent, { recursive: true, force: true }) };
}
