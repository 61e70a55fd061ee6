// Plain JavaScript without packages: this runs before the pinned Node is there, on whatever Node the machine has (20 or later).
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { answerEarly, wrongCall } from './answer-early.js';
import { commands } from './declarations.js';
import { installPackages, pinnedNode, pinnedVersion, root } from './install-packages.js';
import { nearestName } from './nearest-name.js';
import { parseCommand } from './parse-command.js';

/**
 * Runs a script on the pinned Node as a child, and ends as it ends.
 * @param {string} script
 * @param {readonly string[]} words
 */
function runOnPinnedNode(script, words) {
  const child = spawn(pinnedNode, [script, ...words], { stdio: 'inherit' });
  // A Ctrl-C reaches the child without our help: it is in the same group. A signal to this process alone does not.
  process.on('SIGINT', () => undefined);
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  child.once('exit', (code, signal) => {
    if (signal !== null) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
    process.exit(code ?? 1);
  });
}

/** @param {string} name @returns {import('./command.ts').Command} */
function find(name) {
  /** @type {Record<string, import('./command.ts').Command>} */
  const known = commands;
  const command = Object.hasOwn(known, name) ? known[name] : undefined;
  if (command !== undefined) return command;
  console.error(`There is no command ${name}: the nearest one is ${nearestName(name, Object.keys(known))}.`);
  process.exit(wrongCall);
}

/**
 * Checks the call of a command, installs the packages when they are not those of the lockfile, and runs the command.
 * @param {readonly string[]} args name of the command and its arguments
 */
export async function launch([name = '', ...words]) {
  const command = find(name);
  answerEarly(parseCommand(command, words));
  installPackages();
  if (command.script === undefined) return;
  const script = join(root, command.script);
  if (process.version !== pinnedVersion()) return runOnPinnedNode(script, words);
  process.argv = [process.execPath, script, ...words];
  await import(pathToFileURL(script).href);
}
