import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Refusal } from '../local/refusal.ts';

export interface Output {
  status: number;
  out: string;
  /** What the program says to a person, its warnings among it. */
  said: string;
}

interface Surroundings {
  input?: string;
  env?: NodeJS.ProcessEnv;
}

/** Runs a program that must be installed, and gives what it printed, whatever comes of it. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { input = '', env = process.env }: Surroundings = {},
): Promise<Output> {
  const child = spawn(program, args, { stdio: 'pipe', env });
  const failed = once(child, 'error').then(([error]) => {
    const { message } = error as Error;
    throw new Refusal(`${program} could not be started (${message}): install it, then try again.`);
  });
  child.stdin.on('error', () => undefined).end(input);
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  const [[status], out, said] = (await Promise.race([ended, failed])) as [[number], string, string];
  return { status, out, said };
}
