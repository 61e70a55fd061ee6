import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Login } from '../local/secrets.ts';
import { runScript } from './run-script.ts';

/** Something that runs elsewhere: all we know is where, and who its admin is. */
export interface Deployed {
  url: string;
  admin: Login;
}

const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];

const settingsFor = ({ url, admin }: Deployed): NodeJS.ProcessEnv => ({
  E2E_URL: url,
  ADMIN_EMAIL: admin.email,
  ADMIN_PASSWORD: admin.password,
});

/** The end-to-end tests that see the shop from outside; the others start and kill processes of their own. */
export async function runSuite(deployed: Deployed): Promise<boolean> {
  const options = ['--selectProjects', 'e2e', '--runInBand', '--testTimeout', '300000'];
  return runScript([...jest, 'e2e/(purchase|payments|races)', ...options], settingsFor(deployed));
}

/** Why the retailer's book cannot be replayed here; nothing when it can. */
export function whyNoReplay(): string | undefined {
  const usual = '../shared/data/online-retail.csv.gz';
  if (process.env.REPLAY_FILE || existsSync(join(import.meta.dirname, '../..', usual))) return undefined;
  return `there is no ${usual}, and REPLAY_FILE names no other book`;
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
    return await runScript(['scripts/replay.ts', ...choices], settingsFor(deployed));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
