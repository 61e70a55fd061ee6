import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refusal } from '../local/refusal.ts';

/**
 * Runs a command with a directory that goes with it, and ends the process: with 0 when the work tells that all is good.
 * @param work is told by its signal when somebody wants it to end
 */
export async function runInDirectory(
  prefix: string,
  work: (directory: string, signal: AbortSignal) => Promise<boolean>,
): Promise<never> {
  const giveUp = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => giveUp.abort());
  const directory = await mkdtemp(join(tmpdir(), prefix));
  try {
    process.exitCode = (await work(directory, giveUp.signal)) ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Refusal ? error.message : error);
    process.exitCode = 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  process.exit();
}
