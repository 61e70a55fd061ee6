import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { compose, type Project } from './docker-compose.ts';

export interface Measured {
  image: string;
  megabytes: number;
  /** From the start of the container to its line `ready`; the median of its starts. */
  readySeconds: number;
}

const services = ['auth-service', 'product-service', 'order-service'] as const;
const starts = 5;

function inspect(what: string, format: string): string {
  const { stdout, stderr, status } = spawnSync('docker', ['inspect', '--format', format, what], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`docker inspect ${what}: ${stderr}`);
  return stdout.trim();
}

/** The container says when it was started, its last line `ready` when it was ready. */
async function startOnce(project: Project, service: string): Promise<number> {
  await compose(
    project,
    'up',
    '--detach',
    '--force-recreate',
    '--no-deps',
    '--scale',
    `${service}=1`,
    service,
  );
  const container = (await compose(project, 'ps', '--quiet', service)).trim();
  for (;;) {
    const log = await compose(project, 'logs', '--no-log-prefix', service);
    const line = log.split('\n').findLast((text) => text.includes('"message":"ready"'));
    if (line !== undefined) {
      const { timestamp } = JSON.parse(line) as { timestamp: string };
      return (Date.parse(timestamp) - Date.parse(inspect(container, '{{.State.StartedAt}}'))) / 1000;
    }
    await sleep(100);
  }
}

async function measureOne(project: Project, service: string): Promise<Measured> {
  const seconds: number[] = [];
  for (let count = 0; count < starts; count += 1) seconds.push(await startOnce(project, service));
  const container = (await compose(project, 'ps', '--quiet', service)).trim();
  const bytes = Number(inspect(inspect(container, '{{.Image}}'), '{{.Size}}'));
  const readySeconds = seconds.sort((a, b) => a - b)[Math.floor(starts / 2)] ?? 0;
  return { image: service, megabytes: bytes / 1e6, readySeconds };
}

/** Size of each service's image, and how long it takes to be ready while nothing else is asked of the machine. */
export async function measureImages(project: Project): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const service of services) measured.push(await measureOne(project, service));
  await compose(project, 'up', '--detach');
  return measured;
}
