import { join } from 'node:path';
import { buildSite } from '../../nginx/build-site.ts';
import type { DataDirectory } from './data-directory.ts';
import { keepDevelopmentCertificate } from './development-certificate.ts';
import { freePorts } from './free-port.ts';
import { hostAndPort, loopback, loopbacks } from './loopback.ts';
import { nginxCommand } from './nginx-command.ts';
import { writeNginxConfig, type NginxPlan } from './nginx-server.ts';
import type { DoorSettings } from './read-door.ts';
import { byService, serviceNames, type PortsByProcess } from './processes.ts';
import { SupervisedProcess } from './supervised-process.ts';

export interface NginxOptions {
  data: DataDirectory;
  program: string;
  /** 0 takes a free one. */
  port: number;
  ports: PortsByProcess;
  door: DoorSettings;
  /** Speaks HTTPS with a certificate of its own making. */
  tls: boolean;
  onProgress: (message: string) => void;
}

export interface RunningNginx {
  nginx: SupervisedProcess;
  url: string;
  plan: NginxPlan;
}

/** Starts the one door in front of all replicas. */
export async function startNginx(options: NginxOptions): Promise<RunningNginx> {
  const { data, program, ports, door, tls, onProgress } = options;
  const [freePort = 0, probePort = 0] = await freePorts(2);
  const port = options.port === 0 ? freePort : options.port;
  const plan: NginxPlan = {
    runDirectory: join(data.path, 'nginx'),
    siteDirectory: join(data.path, 'site'),
    port,
    probePort,
    program,
    settings: { ...door, ...(tls && { tls: await keepDevelopmentCertificate(data.path) }) },
    upstreams: byService((name) => ports[name].map((replica) => replica.public)),
  };
  onProgress(
    `starting Nginx on port ${port} of ${loopbacks.join(' and ')} in front of ${serviceNames.length} services`,
  );
  if (!loopbacks.includes('::1')) onProgress('IPv6 is off on this machine; Nginx listens on IPv4 only');
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
      directory: command.directory,
      stopSignal: command.stopSignal,
      graceMs: 5_000,
      onDeath: onProgress,
    },
    data,
  );
  nginx.start();
  return { nginx, url: `${tls ? 'https' : 'http'}://${hostAndPort(loopback, port)}`, plan };
}
