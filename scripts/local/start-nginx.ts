import { join } from 'node:path';
import { buildSite } from '../../nginx/build-site.ts';
import type { DataDirectory } from './data-directory.ts';
import { freePorts } from './free-port.ts';
import { nginxCommand, writeNginxConfig, type NginxPlan } from './nginx-server.ts';
import { byService, serviceNames, type PortsByProcess } from './processes.ts';
import { SupervisedProcess } from './supervised-process.ts';

export interface NginxOptions {
  data: DataDirectory;
  program: string;
  /** 0 takes a free one. */
  port: number;
  ports: PortsByProcess;
  onProgress: (message: string) => void;
}

export interface RunningNginx {
  nginx: SupervisedProcess;
  url: string;
  plan: NginxPlan;
}

/** Starts the one door in front of all replicas. */
export async function startNginx(options: NginxOptions): Promise<RunningNginx> {
  const { data, program, ports, onProgress } = options;
  const [freePort = 0, probePort = 0] = await freePorts(2);
  const port = options.port === 0 ? freePort : options.port;
  const plan: NginxPlan = {
    runDirectory: join(data.path, 'nginx'),
    siteDirectory: join(data.path, 'site'),
    port,
    probePort,
    program,
    upstreams: byService((name) => ports[name].map((replica) => replica.public)),
  };
  onProgress(`starting Nginx on port ${port} in front of ${serviceNames.length} services`);
  await buildSite(plan.siteDirectory);
  await writeNginxConfig(plan);
  const command = nginxCommand(plan);
  const nginx = new SupervisedProcess(
    {
      name: 'nginx',
      number: 1,
      command: command.program,
      arguments: command.arguments,
      environment: { PATH: process.env.PATH ?? '' },
      directory: data.path,
      stopSignal: command.stopSignal,
      graceMs: 5_000,
      onDeath: onProgress,
    },
    data,
  );
  nginx.start();
  return { nginx, url: `http://127.0.0.1:${port}`, plan };
}
