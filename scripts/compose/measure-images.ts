import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '../deployed/print-findings.ts';
import { compose, type Project } from './docker-compose.ts';

interface Measured {
  image: string;
  /** What the image adds to the one it is built on. */
  addedMegabytes: number;
  /** From the start of the container to its first word that it is ready; the median of its starts. */
  readySeconds: number;
}

/** order-worker has the image of order-service. */
const listening = ['auth-service', 'product-service', 'order-service', 'payment-simulator', 'nginx'];
const starts = 5;
const patienceMs = 60_000;

function docker(...args: string[]): string {
  const { stdout, stderr, status } = spawnSync('docker', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/** The layers above our first instruction, which is the LABEL; the newest stand first. */
function addedMegabytes(image: string): number {
  const layers = docker(
    'history',
    '--no-trunc',
    '--human=false',
    '--format',
    '{{.Size}} {{.CreatedBy}}',
    image,
  );
  const own = layers.split('\n').slice(
    0,
    layers.split('\n').findIndex((line) => line.includes('LABEL org.')),
  );
  return own.reduce((sum, line) => sum + Number.parseInt(line, 10), 0) / 1e6;
}

/** What a service logs when it is ready, and Nginx with its first answer, has the time of that moment. */
const readyLine = /"message":"ready".*"timestamp":"([^"]+)"/;

async function awaitReady(project: Project, service: string): Promise<number> {
  const giveUpAt = performance.now() + patienceMs;
  while (performance.now() < giveUpAt) {
    if (service === 'nginx') {
      const answer = await fetch(`http://127.0.0.1:${project.settings.PORT}/docs`).catch(() => undefined);
      if (answer?.status === 200) return Date.now();
    } else {
      const log = await compose(project, 'logs', '--no-log-prefix', service);
      const line = log.split('\n').findLast((text) => readyLine.test(text));
      if (line !== undefined) return Date.parse(readyLine.exec(line)?.[1] ?? '');
    }
    await sleep(20);
  }
  throw new Error(`${service} is not ready after ${patienceMs / 1000} s`);
}

async function startOnce(project: Project, service: string): Promise<number> {
  const one = ['--scale', `${service}=1`, service];
  await compose(project, 'up', '--detach', '--force-recreate', '--no-deps', ...one);
  const container = (await compose(project, 'ps', '--quiet', service)).trim();
  const readyAt = await awaitReady(project, service);
  return (readyAt - Date.parse(docker('inspect', '--format', '{{.State.StartedAt}}', container))) / 1000;
}

/** Size of each image that listens, and how long it takes to be ready while nothing else is asked of the machine. */
async function measureImages(project: Project): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const image of listening) {
    const seconds: number[] = [];
    for (let count = 0; count < starts; count += 1) seconds.push(await startOnce(project, image));
    const container = (await compose(project, 'ps', '--quiet', image)).trim();
    measured.push({
      image,
      addedMegabytes: addedMegabytes(docker('inspect', '--format', '{{.Image}}', container)),
      readySeconds: seconds.sort((a, b) => a - b)[Math.floor(starts / 2)] ?? 0,
    });
  }
  await compose(project, 'up', '--detach');
  return measured;
}

export async function tellImages(project: Project): Promise<Finding> {
  const measured = await measureImages(project);
  const texts = measured.map(
    ({ image, addedMegabytes, readySeconds }) =>
      `${image} ${addedMegabytes.toFixed(0)} MB on top of its base, ready after ${readySeconds.toFixed(2)} s`,
  );
  const passed = measured.every(({ readySeconds }) => readySeconds < 10);
  return { check: 'images', expected: 'each ready within 10 s', got: texts.join('; '), passed };
}
