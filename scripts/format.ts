import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { readCall } from './commands/read-call.ts';

/** npm run format: everything as Prettier wants it, or only the files and directories that are named. */
const root = dirname(import.meta.dirname);
const { words } = readCall('format');
const prettier = join(root, 'node_modules/prettier/bin/prettier.cjs');
const args = [prettier, '--write', ...(words.length === 0 ? ['.'] : words)];
process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
