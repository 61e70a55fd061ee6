import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startStack, type Stack, type StackOptions } from '../../scripts/local/start-stack.ts';

/** Cheap hashing: these tests are about orders, and register hundreds of people. */
const settings = { 'auth-service': { BCRYPT_COST: '4' } };

export interface TestStack extends Stack {
  /** Stops everything and deletes its data. */
  remove(): Promise<void>;
}

/** Everything as `npm start` starts it, on other ports and in a data directory of its own. */
export async function runStack(options: Partial<StackOptions> = {}): Promise<TestStack> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(path.join(tmpdir(), 'tradepost-')));
  const stack = await startStack({ port: 0, replicas: 2, settings, ...options, dataDirectory });
  return {
    ...stack,
    async remove() {
      await stack.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
