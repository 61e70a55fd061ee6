import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDataDirectory, type DataDirectory } from './data-directory.ts';
import { startDatabase, type DatabaseServer } from './database-server.ts';
import type { Programs } from './find-programs.ts';
import { freePorts, refuseTakenPort } from './free-port.ts';
import { providePrograms } from './install-programs.ts';
import { chooseAdmin, installAdmin } from './admin-account.ts';
import { awaitAnswers, countReplicas, type Processes } from './await-answers.ts';
import { createApiClient } from './api-client.ts';
import { keepServiceKeys, openSecrets, type Login, type Secrets } from './secrets.ts';
import { planProcess } from './plan-process.ts';
import type { ServiceSurroundings } from './process-settings.ts';
import {
  byProcess,
  type Link,
  type PortsByProcess,
  type ProcessName,
  processNames,
  type ReplicaPorts,
  serviceNames,
  type Settings,
} from './processes.ts';
import type { NginxPlan } from './nginx-server.ts';
import type { DoorSettings } from './read-door.ts';
import { refuseSettings } from './refuse-settings.ts';
import { startNginx } from './start-nginx.ts';
import { stopLeftovers } from './stop-leftovers.ts';
import { SupervisedProcess } from './supervised-process.ts';

export interface StackOptions {
  dataDirectory: string;
  /** Of Nginx; 0 takes a free one. */
  port: number;
  /** Of each process, but for the payment provider: there is one. */
  replicas: number;
  /** Settings that differ from the usual ones, by process, or for each replica of it. */
  settings?: Partial<Record<ProcessName, Settings>> | ((name: ProcessName, number: number) => Settings);
  /** What differs at the door from one that trusts no proxy, no other origin and every host. */
  door?: DoorSettings;
  /** HTTPS, with a self-signed certificate that is kept in the data directory. */
  tls?: boolean;
  /** Puts something between two processes: gives the port that is called instead of the listener's own. */
  throughPort?: (link: Link) => number;
  /** Wins over the administrator that is made and kept in the data directory. */
  admin?: Login | undefined;
  onProgress?: (message: string) => void;
  /** Gives up starting, and stops what was started. */
  signal?: AbortSignal;
}

export interface Stack {
  url: string;
  dataPath: string;
  database: DatabaseServer;
  processes: Processes;
  nginx: SupervisedProcess;
  /** As Nginx was started: who changes its upstreams writes it anew. */
  nginxPlan: NginxPlan;
  admin: Login;
  secrets: Secrets;
  stop(): Promise<void>;
}

interface Ground {
  data: DataDirectory;
  programs: Programs;
  options: StackOptions;
  onProgress: (message: string) => void;
  /** What stops each thing started so far, in the order of starting. */
  stops: (() => Promise<unknown>)[];
}

async function choosePorts(replicas: number): Promise<PortsByProcess> {
  const ports = await freePorts(processNames.length * replicas * 3);
  const take = (): number => ports.pop() ?? 0;
  const replica = (): ReplicaPorts => ({ public: take(), internal: take(), ops: take() });
  return byProcess((name) => Array.from({ length: name === 'payment-simulator' ? 1 : replicas }, replica));
}

function startProcesses({ data, onProgress, stops }: Ground, around: ServiceSurroundings): Processes {
  const processes = byProcess((name) =>
    planProcess(name, around).map((plan) => new SupervisedProcess({ ...plan, onDeath: onProgress }, data)),
  );
  const all = Object.values(processes).flat();
  stops.push(() => Promise.all(all.map((one) => one.stop())));
  all.forEach((one) => one.start());
  return processes;
}

type Chosen = Omit<ServiceSurroundings, 'database' | 'ports'>;

/** Checks what each process will be given, with 0 for the ports, which the starter chooses later. */
function checkSettings({ data, options }: Ground, chosen: Chosen): void {
  const listeners: ReplicaPorts = { public: 0, internal: 0, ops: 0 };
  const ports = byProcess(() => Array.from({ length: options.replicas }, () => listeners));
  const around = { ...chosen, ports, database: { host: '127.0.0.1', port: 0 } };
  const plans = processNames.flatMap((name) =>
    planProcess(name, around).map(({ environment }) => ({ name, environment })),
  );
  const isFirst = !existsSync(join(data.path, 'database'));
  const { door = {}, admin } = options;
  refuseSettings({ plans, door, firstAdmin: isFirst ? admin : undefined });
}

async function startAll(ground: Ground): Promise<Omit<Stack, 'stop'>> {
  const { data, programs, options, onProgress, stops } = ground;
  const secrets = await openSecrets(data.path);
  const keys = await keepServiceKeys(data.path, serviceNames);
  const admin = await chooseAdmin(data.path, options.admin);
  const { signal, settings = {}, door: doorSettings = {} } = options;
  const overridesFor =
    typeof settings === 'function' ? settings : (name: ProcessName) => settings[name] ?? {};
  const portOf = options.throughPort ?? (({ port }: Link): number => port);
  const chosen = { secrets, keys, admin, dataPath: data.path, overridesFor, portOf };
  checkSettings(ground, chosen);
  const database = await startDatabase({
    data,
    program: programs.database,
    secrets,
    onProgress,
    onDeath: onProgress,
    ...(signal && { signal }),
  });
  stops.push(() => database.stop());
  onProgress(`starting ${processNames.join(', ')} (${countReplicas(options.replicas)} each)`);
  const ports = await choosePorts(options.replicas);
  const processes = startProcesses(ground, { ...chosen, database, ports });
  // What a service was given now, it is given again at the next start: CODES_KEY opens what waits in its database.
  await secrets.save();
  const door = await startNginx({
    data,
    program: programs.nginx,
    port: options.port,
    ports,
    door: doorSettings,
    tls: options.tls ?? false,
    onProgress,
  });
  const { nginx, url, plan: nginxPlan } = door;
  stops.push(() => nginx.stop());
  await awaitAnswers(processes, url, { onProgress, signal });
  if (options.admin !== undefined) await installAdmin(createApiClient(url, signal), data.path, options.admin);
  return { url, dataPath: data.path, database, processes, nginx, nginxPlan, admin, secrets };
}

/** Starts the whole of Tradepost on this machine and answers when it works through Nginx. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const onProgress = options.onProgress ?? (() => undefined);
  const data = await openDataDirectory(options.dataDirectory);
  const stops: Ground['stops'] = [() => data.unlock()];
  let stopping: Promise<void> | undefined;
  const stopInReverse = async (): Promise<void> => {
    // What cannot be stopped must not keep the rest running.
    for (const stop of stops.toReversed()) {
      await stop().catch((error: unknown) => onProgress(`stopping failed: ${String(error)}`));
    }
  };
  const stop = (): Promise<void> => (stopping ??= stopInReverse());
  try {
    await stopLeftovers(data, onProgress);
    if (options.port !== 0) await refuseTakenPort(options.port);
    const programs = await providePrograms(onProgress);
    options.signal?.throwIfAborted();
    const running = await startAll({ data, programs, options, onProgress, stops });
    return { ...running, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
