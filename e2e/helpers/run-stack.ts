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

/** A shop to test from outside: nothing of it can be stopped or looked into. */
export type ReachedStack = Pick<TestStack, 'url' | 'admin' | 'remove'>;

/** The stack that E2E_URL names (Compose, a cluster), else one of our own. */
export async function reachStack(): Promise<ReachedStack> {
  const { E2E_URL: url, ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = process.env;
  if (!url) return runStack();
  if (!email || !password)
    throw new Error('E2E_URL needs ADMIN_EMAIL and ADMIN_PASSWORD beside it: set both.');
  return { url, admin: { email, password }, remove: async () => Promise.resolve() };
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
