import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildSite } from '../../build-site.ts';
import { freePorts } from '../../../scripts/local/free-port.ts';
import { nginxCommand } from '../../../scripts/local/nginx-command.ts';
import { writeNginxConfig, type NginxPlan, type RoutedService } from '../../../scripts/local/nginx-server.ts';

/** A real Nginx with the rendered template. */
export interface Edge {
  port: number;
  probePort: number;
  accessLog(): Promise<string>;
  stop(): Promise<void>;
}

interface EdgeOptions {
  upstreams: Record<RoutedService, number[]>;
  settings?: NginxPlan['settings'];
  site?: boolean;
}

/** The smallest document a page can show, padded so that it is worth compressing. */
const openapi = {
  openapi: '3.1.0',
  info: { title: 'Tradepost', version: '1', description: 'x'.repeat(2_000) },
  paths: {},
};

export async function startEdge({ upstreams, settings, site = false }: EdgeOptions): Promise<Edge> {
  const directory = await mkdtemp(join(tmpdir(), 'tradepost-nginx-'));
  const siteDirectory = join(directory, 'site');
  if (site) await writeSite(directory, siteDirectory);
  const [port, probePort] = (await freePorts(2)) as [number, number];
  const accessLog = join(directory, 'access.log');
  const plan: NginxPlan = {
    runDirectory: join(directory, 'run'),
    siteDirectory,
    port,
    probePort,
    upstreams,
    settings: { accessLog, ...settings },
    // Another Nginx than the installed one can be tested with the same files.
    ...(process.env.NGINX_PROGRAM !== undefined && { program: process.env.NGINX_PROGRAM }),
  };
  await writeNginxConfig(plan);
  const child = await startNginx(plan);
  return {
    port,
    probePort,
    accessLog: () => readLog(accessLog),
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      await rm(directory, { recursive: true });
    },
  };
}

async function writeSite(directory: string, siteDirectory: string): Promise<void> {
  const file = join(directory, 'openapi.json');
  await writeFile(file, JSON.stringify(openapi, null, 2));
  await buildSite(siteDirectory, { openapi: file });
}

async function startNginx(plan: NginxPlan): Promise<ChildProcess> {
  const { program, arguments: args, directory: cwd } = nginxCommand(plan);
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${plan.probePort}/healthz`).catch(() => null);
    if (answer?.status === 200) return child;
    await sleep(50);
  }
  child.kill('SIGKILL');
  throw new Error('Nginx did not answer its probe within 5 s');
}

/** Nginx writes its log once a second. */
async function readLog(file: string): Promise<string> {
  await sleep(1_300);
  return readFile(file, 'utf8');
}
