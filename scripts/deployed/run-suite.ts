import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Login } from '../local/secrets.ts';

/** Something that runs elsewhere: all we know is where, and who its admin is. */
export interface Deployed {
  url: string;
  admin: Login;
}

const root = join(import.meta.dirname, '../..');
const jestFlags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

async function run(args: string[], { url, admin }: Deployed): Promise<boolean> {
  const env = { ...process.env, E2E_URL: url, ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password };
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}

/** The end-to-end tests that see the shop from outside; the others start and kill processes of their own. */
export async function runSuite(deployed: Deployed): Promise<boolean> {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const options = ['--selectProjects', 'e2e', '--runInBand', '--testTimeout', '300000'];
  return run([...jestFlags, jest, 'e2e/(purchase|races)', ...options], deployed);
}

/**
 * The retailer's replay with all its sums.
 * @param first how many invoices; all when absent
 */
export async function runReplay(deployed: Deployed, first?: number): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), 'tradepost-replay-'));
  try {
    const choices = [
      '--url',
      deployed.url,
      '--data',
      directory,
      ...(first ? ['--first', String(first)] : []),
    ];
    return await run([join(root, 'scripts/replay.ts'), ...choices], deployed);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
