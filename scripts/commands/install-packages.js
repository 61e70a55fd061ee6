// Plain JavaScript: this runs before the pinned Node is there, on whatever Node the machine has (20 or later).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const modules = join(root, 'node_modules');
const lockFile = join(root, 'package-lock.json');
const stampFile = join(modules, '.tradepost-stamp');
export const pinnedNode = join(modules, '.bin', 'node');

/** @param {string} path @returns {string | null} */
function readIfPresent(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** The lockfile's hash, or nothing when the repository has none. */
function hashOfLock() {
  const lock = readIfPresent(lockFile);
  if (lock === null)
    throw new Error('package-lock.json is missing: restore it with git checkout package-lock.json.');
  return createHash('sha256').update(lock).digest('hex');
}

/** @returns {string} as process.version has it */
export function pinnedVersion() {
  return `v${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.node}`;
}

function pinnedNodeWorks() {
  const { stdout } = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' });
  return stdout?.trim() === pinnedVersion();
}

/** Whether another npm command has installed exactly what the lockfile says: then there is nothing to do again. */
function installedEqualsLock() {
  const installed = readIfPresent(join(modules, '.package-lock.json'));
  if (installed === null) return false;
  const have = JSON.parse(installed).packages;
  const wanted = Object.entries(JSON.parse(readFileSync(lockFile, 'utf8')).packages);
  return wanted.every(
    ([path, entry]) =>
      !entry.integrity || entry.optional || entry.peer || have[path]?.integrity === entry.integrity,
  );
}

/** npm must not run on the Node that it is about to replace, nor hand its path down to scripts. */
function surroundings() {
  const bin = `${join('node_modules', '.bin')}`;
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|node$|init_cwd$)/i.test(name));
  const path = (process.env.PATH ?? '').split(delimiter).filter((place) => !place.endsWith(bin));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter) };
}

/** @param {string[]} args */
function npm(...args) {
  const { status, error } = spawnSync('npm', args, { cwd: root, env: surroundings(), stdio: 'inherit' });
  if (status !== 0) {
    const reason = error === undefined ? `code ${status}` : error.message;
    throw new Error(
      `npm ${args.join(' ')} failed (${reason}): check the network and what npm said above, then try again.`,
    );
  }
}

function install() {
  console.log(
    'Installing the packages that package-lock.json names (about a minute, the first time only) ...',
  );
  // No package may run a script of its own here, except the one whose script brings the pinned Node.
  npm('ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error');
  npm('rebuild', 'node', '--foreground-scripts', '--loglevel=error');
  if (!pinnedNodeWorks()) {
    throw new Error('The pinned Node was not installed: delete node_modules and try again.');
  }
}

function installWhatIsMissing() {
  const hash = hashOfLock();
  if (readIfPresent(stampFile) === hash) return;
  if (!installedEqualsLock() || !pinnedNodeWorks()) install();
  writeFileSync(stampFile, hash);
}

/** Installs what package-lock.json names, unless it is there. Ends the process with 1 and the reason when that fails. */
export function installPackages() {
  try {
    installWhatIsMissing();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
