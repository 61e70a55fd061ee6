import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createConnection, type Connection } from 'mysql2/promise';
import { databaseUsers } from '../../provision/src/database-users.ts';
import { openAccounts } from '../../provision/src/open-accounts.ts';
import { writePrivately, type DataDirectory } from './data-directory.ts';
import { serverArguments, type ServerPlan } from './database-arguments.ts';
import { chooseSocketPath, prepareDatabaseFiles } from './database-files.ts';
import type { DatabaseProgram } from './find-programs.ts';
import { freePorts } from './free-port.ts';
import { loopback } from './loopback.ts';
import { Refusal } from './refusal.ts';
import type { Secrets } from './secrets.ts';
import { SupervisedProcess } from './supervised-process.ts';

export interface DatabaseServer {
  host: string;
  port: number;
  process: SupervisedProcess;
  /** A connection as the server's administrator, who may look into every database. */
  connectAsRoot(): Promise<Connection>;
  stop(): Promise<void>;
}

export interface DatabaseOptions {
  data: DataDirectory;
  program: DatabaseProgram;
  secrets: Secrets;
  onProgress: (message: string) => void;
  onDeath?: (message: string) => void;
  signal?: AbortSignal;
}

const patienceMs = 60_000;

async function connect(socketPath: string, password: string): Promise<Connection> {
  return createConnection({ socketPath, user: 'root', password, multipleStatements: true });
}

async function waitForConnection(
  server: SupervisedProcess,
  attempt: () => Promise<Connection>,
  signal: AbortSignal | undefined,
): Promise<Connection> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline || server.deaths >= 3) {
        const reason = (error as Error).message;
        throw new Refusal(
          `The database does not answer (${reason}): read ${server.logFile}, then npm start again.`,
        );
      }
    }
    await wait(50);
  }
}

function planProcess(options: DatabaseOptions, plan: ServerPlan): SupervisedProcess {
  const { data, program, onDeath } = options;
  return new SupervisedProcess(
    {
      name: 'database',
      number: 1,
      command: program.path,
      arguments: serverArguments(program, plan),
      environment: { PATH: process.env.PATH ?? '', HOME: data.path },
      directory: plan.files,
      stopSignal: 'SIGTERM',
      graceMs: 20_000,
      ...(onDeath && { onDeath }),
    },
    data,
  );
}

async function removeSocket(socketPath: string, dataPath: string): Promise<void> {
  const isBesideData = dirname(socketPath) === dataPath;
  await rm(isBesideData ? socketPath : dirname(socketPath), { recursive: true, force: true });
}

/** Starts a private server with the databases and users of init-db.sql, open to this machine only. */
export async function startDatabase(options: DatabaseOptions): Promise<DatabaseServer> {
  const { data, program, secrets, onProgress, signal } = options;
  const files = await prepareDatabaseFiles(data.path, program, onProgress);
  const [socketPath, [port = 0]] = [await chooseSocketPath(data.path), await freePorts(1)];
  // After a crash MySQL's lock stays and names a process; when any has that id by now, MySQL would refuse to start.
  await rm(`${socketPath}.lock`, { force: true });
  const rootPassword = secrets.passwordFor('root');
  const passwords = Object.fromEntries(databaseUsers.map((user) => [user, secrets.passwordFor(user)]));
  await secrets.save();
  // Runs before the server takes connections: at no moment is there an administrator without a password.
  const initFile = join(data.path, 'set-root-password.sql');
  await writePrivately(initFile, `ALTER USER 'root'@'localhost' IDENTIFIED BY '${rootPassword}';\n`);
  const temporary = join(data.path, 'database-tmp');
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  const server = planProcess(options, { files, socketPath, port, initFile, temporary });
  const connectAsRoot = (): Promise<Connection> => connect(socketPath, rootPassword);
  const stop = async (): Promise<void> => {
    await server.stop();
    await removeSocket(socketPath, data.path);
  };
  try {
    onProgress(`starting the database (${program.vendor} ${program.series})`);
    server.start();
    const connection = await waitForConnection(server, connectAsRoot, signal);
    await connection.end();
    await openAccounts({ server: { socketPath }, user: 'root', password: rootPassword }, passwords);
  } catch (error) {
    await stop();
    throw error;
  }
  return { host: loopback, port, process: server, connectAsRoot, stop };
}
