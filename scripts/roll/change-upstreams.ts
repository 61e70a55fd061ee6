import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { writeNginxConfig } from '../local/nginx-server.ts';
import type { ServiceName } from '../local/processes.ts';
import { Refusal } from '../local/refusal.ts';
import type { Stack } from '../local/start-stack.ts';

const run = promisify(execFile);

/** Longer than worker_shutdown_timeout: by then Nginx has ended its old workers itself. */
const patienceMs = 25_000;

async function workersOf(master: number): Promise<Set<number>> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return new Set(pairs.filter(([, parent]) => parent === master).map(([pid = 0]) => pid));
}

/** Has Nginx read its file again, and waits until the last worker has gone that worked by the old one. */
export async function reloadNginx({ nginx }: Stack): Promise<void> {
  const { pid } = nginx;
  if (pid === null) throw new Refusal(`Nginx does not run: read ${nginx.logFile} for the reason.`);
  const before = await workersOf(pid);
  nginx.kill('SIGHUP');
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const now = await workersOf(pid);
    const old = [...now].filter((worker) => before.has(worker));
    if (old.length === 0 && now.size > 0) return;
    if (performance.now() > giveUpAt)
      throw new Refusal(`Nginx still works by its old configuration: read ${nginx.logFile} for the reason.`);
    await sleep(50);
  }
}

/** Sends no more requests to one replica of a service; without one, to all again. */
export async function changeUpstreams(
  stack: Stack,
  leftOut?: { service: ServiceName; port: number },
): Promise<void> {
  const { upstreams } = stack.nginxPlan;
  const changed = { ...upstreams };
  // Left out altogether, not marked `down`: PUT and DELETE go to one replica that is chosen for each request.
  if (leftOut) changed[leftOut.service] = upstreams[leftOut.service].filter((port) => port !== leftOut.port);
  await writeNginxConfig({ ...stack.nginxPlan, upstreams: changed });
  await reloadNginx(stack);
}
