import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Runs one of our commands as its users do, on the Node that runs us. */
export async function runScript(args: readonly string[], settings: NodeJS.ProcessEnv = {}): Promise<boolean> {
  const env = { ...process.env, ...settings };
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}
