import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { lookForPrograms, type ProgramKind, type Programs } from './find-programs.ts';
import { Refusal } from './refusal.ts';

const policyFile = '/usr/sbin/policy-rc.d';
const policyAside = `${policyFile}.before-tradepost`;

// The core packages bring the server without a service, a system user or a cron job.
const debianPackages: Record<ProgramKind, string> = {
  database: 'mariadb-server-core mariadb-client-core',
  nginx: 'nginx',
};

const otherSystems: { program: string; line: string; packages: Record<ProgramKind, string> }[] = [
  {
    program: '/usr/bin/apt-get',
    line: 'sudo apt-get install --no-install-recommends',
    packages: debianPackages,
  },
  {
    program: '/usr/bin/dnf',
    line: 'sudo dnf install',
    packages: { database: 'mariadb-server', nginx: 'nginx' },
  },
  { program: '/sbin/apk', line: 'sudo apk add', packages: { database: 'mariadb', nginx: 'nginx' } },
  { program: '/usr/bin/pacman', line: 'sudo pacman -S', packages: { database: 'mariadb', nginx: 'nginx' } },
  {
    program: '/opt/homebrew/bin/brew',
    line: 'brew install',
    packages: { database: 'mariadb', nginx: 'nginx' },
  },
  { program: '/usr/local/bin/brew', line: 'brew install', packages: { database: 'mariadb', nginx: 'nginx' } },
];

const programNames: Record<ProgramKind, string> = { database: 'MariaDB or MySQL', nginx: 'Nginx' };

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

async function lineToType(missing: ProgramKind[]): Promise<string> {
  for (const system of otherSystems) {
    if (await exists(system.program)) {
      return `type "${system.line} ${missing.map((kind) => system.packages[kind]).join(' ')}", then npm start again`;
    }
  }
  return 'install it with your package manager, then type npm start again';
}

async function runAptGet(argumentsForApt: string[]): Promise<void> {
  const child = spawn('apt-get', argumentsForApt, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (piece: Buffer) => (complaint += piece.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    const reason = complaint.trim().split('\n').at(-1) ?? '';
    throw new Refusal(
      `apt-get ${argumentsForApt.join(' ')} failed (${reason}): run it by hand, then npm start again.`,
    );
  }
}

/** Debian starts a server it has just installed, unless policy-rc.d answers 101. */
async function withoutStartingServers(work: () => Promise<void>): Promise<void> {
  // A copy set aside means that an earlier run died half-way: that copy is the original.
  if (!(await exists(policyAside)) && (await exists(policyFile))) await rename(policyFile, policyAside);
  await writeFile(policyFile, '#!/bin/sh\nexit 101\n');
  await chmod(policyFile, 0o755);
  try {
    await work();
  } finally {
    if (await exists(policyAside)) await rename(policyAside, policyFile);
    else await rm(policyFile, { force: true });
  }
}

async function isDebianAsRoot(): Promise<boolean> {
  if (process.getuid?.() !== 0 || !(await exists('/usr/bin/apt-get'))) return false;
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*\bdebian\b/m.test(release);
}

async function installByApt(missing: ProgramKind[]): Promise<void> {
  const packages = missing.flatMap((kind) => debianPackages[kind].split(' '));
  const install = ['install', '--yes', '--no-install-recommends', ...packages];
  await withoutStartingServers(async () => {
    // Package lists are often absent in containers and outdated on laptops.
    await runAptGet(['update']);
    await runAptGet(install);
  });
}

/** Finds the database server and Nginx, installing by apt-get what is missing where that is allowed. */
export async function providePrograms(onProgress: (message: string) => void): Promise<Programs> {
  let found = await lookForPrograms();
  const kinds: ProgramKind[] = ['database', 'nginx'];
  const missing = kinds.filter((kind) => found[kind] === undefined);
  if (missing.length > 0 && (await isDebianAsRoot())) {
    onProgress(`installing ${missing.map((kind) => debianPackages[kind]).join(' ')} with apt-get`);
    await installByApt(missing);
    found = await lookForPrograms();
  }
  const { database, nginx } = found;
  if (database === undefined || nginx === undefined) {
    const lacking = kinds.filter((kind) => found[kind] === undefined);
    const names = lacking.map((kind) => programNames[kind]).join(' and ');
    throw new Refusal(`${names} cannot be found: ${await lineToType(lacking)}.`);
  }
  return { database, nginx };
}
