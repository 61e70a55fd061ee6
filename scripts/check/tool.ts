import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';

export interface Outcome {
  passed: boolean;
  output: string;
}

/** Runs one of the installed tools in `root`, on the pinned Node also when npm did not start us. */
export async function runTool(root: string, command: string, ...args: string[]): Promise<Outcome> {
  const tools = join(root, 'node_modules/.bin');
  const path = `${tools}${delimiter}${process.env.PATH ?? ''}`;
  const env = { ...process.env, PATH: path, FORCE_COLOR: undefined, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(command, args, { cwd: root, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const reason = error && stdout + stderr === '' ? error.message : '';
      resolve({ passed: error === null, output: (stdout + stderr + reason).trim() });
    });
  });
}
