import { join } from 'node:path';
import { userArguments } from './database-files.ts';
import type { DatabaseProgram } from './find-programs.ts';
import { loopback } from './loopback.ts';

export interface ServerPlan {
  files: string;
  socketPath: string;
  port: number;
  initFile: string;
  temporary: string;
}

export function serverArguments({ vendor }: DatabaseProgram, plan: ServerPlan): string[] {
  return [
    // Must come first: nothing of the machine's own configuration may reach a private server.
    '--no-defaults',
    ...userArguments(),
    `--datadir=${plan.files}`,
    // Of its own: at each start a server deletes the temporary tables that it finds, also those of other servers.
    `--tmpdir=${plan.temporary}`,
    `--socket=${plan.socketPath}`,
    `--pid-file=${join(plan.files, 'server.pid')}`,
    `--init-file=${plan.initFile}`,
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
