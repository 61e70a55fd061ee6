import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '../..');

async function git(...words: string[]): Promise<string | undefined> {
  return run('git', words, { cwd: root }).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}

const commitOf = (name: string): Promise<string | undefined> =>
  git('rev-parse', '--verify', '--quiet', `${name}^{commit}`);

/**
 * The commit before the one that brought the newest migration: its code has never seen today's tables. Only what was once the
 * newest on main counts; in between a branch may be half done.
 */
async function findOlderTables(): Promise<string | undefined> {
  const added = ['--diff-filter=A', '--', '*/migrations/*.sql'];
  const newest = await git('log', '-1', '--first-parent', '--format=%H', ...added);
  return newest ? commitOf(`${newest}^`) : undefined;
}

/** The version that is in production while this one is rolled out: PREVIOUS_VERSION, the newest tag, or the tables' last. */
export async function findPreviousVersion(): Promise<string | undefined> {
  const { PREVIOUS_VERSION: chosen } = process.env;
  if (chosen) return commitOf(chosen);
  const tag = await git('describe', '--tags', '--abbrev=0', 'HEAD^');
  return tag ? commitOf(tag) : findOlderTables();
}

async function linkPackages(directory: string): Promise<void> {
  const [from, to] = [path.join(root, 'node_modules'), path.join(directory, 'node_modules')];
  await mkdir(path.join(to, '@tradepost'), { recursive: true });
  const names = (await readdir(from)).filter((name) => name !== '@tradepost');
  for (const name of names) await symlink(path.join(from, name), path.join(to, name));
  // Its own, not those of today.
  for (const name of await readdir(path.join(from, '@tradepost'))) {
    const own = path.join(directory, name);
    if (existsSync(own)) await symlink(own, path.join(to, '@tradepost', name));
  }
  const [fromTracing, toTracing] = [root, directory].map((one) => path.join(one, 'tracing/node_modules'));
  if (fromTracing && toTracing && existsSync(fromTracing) && existsSync(path.dirname(toTracing)))
    await symlink(fromTracing, toTracing);
}

/** The sources of a commit in a directory of their own, on the packages of this one. */
export async function checkOut(commit: string): Promise<{ directory: string; remove: () => Promise<void> }> {
  const directory = await mkdtemp(path.join(tmpdir(), 'tradepost-previous-'));
  const archive = path.join(directory, 'sources.tar');
  await run('git', ['archive', '--format=tar', '-o', archive, commit], { cwd: root });
  await run('tar', ['-xf', archive, '-C', directory]);
  await rm(archive);
  await linkPackages(directory);
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
