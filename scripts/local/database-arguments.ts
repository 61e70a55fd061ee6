import { relative } from 'node:path';
import { userArguments } from './database-files.ts';
import type { DatabaseProgram } from './find-programs.ts';
import { loopback } from './loopback.ts';

/** Absolute paths; the server runs in the directory of its files. */
export interface ServerPlan {
  files: string;
  socketPath: string;
  port: number;
  initFile: string;
  temporary: string;
}

/**
 * The arguments of a server that is started in `plan.files`. Paths are relative to that directory: the servers split the
 * value of --tmpdir at colons, and MySQL other lists of directories at semicolons.
 */
export function serverArguments({ vendor }: DatabaseProgram, plan: ServerPlan): string[] {
  const fromFiles = (path: string): string => relative(plan.files, path);
  // A socket outside the data directory has a short absolute path. A relative one could exceed the kernel's limit.
  const socket = [fromFiles(plan.socketPath), plan.socketPath].toSorted((a, b) => a.length - b.length)[0];
  return [
    // Must come first: nothing of the machine's own configuration may reach a private server.
    '--no-defaults',
    ...userArguments(),
    '--datadir=.',
    // Of its own: at each start a server deletes the temporary tables that it finds, also those of other servers.
    `--tmpdir=${fromFiles(plan.temporary)}`,
    `--socket=${socket ?? plan.socketPath}`,
    '--pid-file=server.pid',
    `--init-file=${fromFiles(plan.initFile)}`,
    // The private server is open to this machine only.
    `--bind-address=${loopback}`,
    `--port=${plan.port}`,
    '--skip-name-resolve',
    '--default-time-zone=+00:00',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_520_ci',
    '--max-connections=300',
    '--innodb-buffer-pool-size=256M',
    // As in production: what was answered as committed survives a power cut.
    '--innodb-flush-log-at-trx-commit=1',
    ...(vendor === 'MySQL' ? ['--mysqlx=OFF', '--secure-file-priv=NULL', '--skip-log-bin'] : []),
  ];
}
