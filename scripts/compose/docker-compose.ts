import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram } from '../deployed/run-program.ts';

/** One project of docker compose: the file of this repository under a name, with settings of its own. */
export interface Project {
  name: string;
  settings: Record<string, string>;
}

/** @returns what compose prints; throws what it complains about */
export async function compose({ name, settings }: Project, ...args: string[]): Promise<string> {
  const env = { ...process.env, ...settings, COMPOSE_PROJECT_NAME: name };
  const options = ['compose', '--ansi=never', '--progress=quiet'];
  const { status, out, said } = await runProgram('docker', [...options, ...args], { env });
  if (status !== 0) throw new Error(`docker compose ${args.join(' ')}: ${said.trim() || out.trim()}`);
  return out;
}

/** Waits until orders are answered through Nginx, which needs all three services. */
export async function awaitDoor(url: string, seconds = 180): Promise<number> {
  const startedAt = performance.now();
  const paths = ['/products?limit=1', '/auth/.well-known/jwks.json', '/orders'];
  for (;;) {
    const answers = paths.map((path) => fetch(`${url}/api/v1${path}`).catch(() => undefined));
    const statuses = (await Promise.all(answers)).map((answer) => answer?.status);
    const passed = (performance.now() - startedAt) / 1000;
    if (statuses.join() === '200,200,401') return passed;
    if (passed > seconds) throw new Error(`${url} answers ${statuses.join(', ')} after ${seconds} s`);
    await sleep(500);
  }
}

interface Container {
  Name: string;
  Health: string;
  State: string;
}

/** Until all that has a health check is well: a request may still meet a replica that starts. */
export async function awaitHealth(project: Project, seconds = 120): Promise<void> {
  const giveUpAt = performance.now() + seconds * 1000;
  for (;;) {
    const lines = (await compose(project, 'ps', '--format', 'json')).trim().split('\n');
    const unwell = lines
      .map((line) => JSON.parse(line) as Container)
      .filter(({ Health }) => Health !== '' && Health !== 'healthy');
    if (unwell.length === 0) return;
    if (performance.now() > giveUpAt)
      throw new Error(`not healthy after ${seconds} s: ${unwell.map(({ Name }) => Name).join(', ')}`);
    await sleep(1_000);
  }
}
