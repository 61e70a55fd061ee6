import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadReport, SteadyLoad } from '../load/steady-load.ts';
import { processNames } from '../local/processes.ts';
import type { Stack } from '../local/start-stack.ts';
import { reloadNginx } from './change-upstreams.ts';
import { restartReplica } from './restart-replica.ts';

export interface RolledReplica {
  name: string;
  number: number;
  seconds: number;
  failed: number;
}

interface Turn {
  name: string;
  number: number;
  work: () => Promise<void>;
}

export interface RollOptions {
  stack: Stack;
  load: SteadyLoad;
  signal: AbortSignal;
  onRolled: (rolled: RolledReplica) => void;
}

/** After each restart the load goes on for a while, so that what fails late is counted where it belongs. */
const quietMs = 2_000;

export function countFailed({ failedReads, failedOrders }: Readonly<LoadReport>): number {
  return failedReads + failedOrders;
}

/**
 * Every process, one replica at a time. Nginx is one process here, whose binary cannot be changed without a moment in
 * which nobody listens: it reads its file again, which gives it new workers. The database is one server, and is not
 * rolled: that takes a second one.
 */
export async function rollEverything({ stack, load, signal, onRolled }: RollOptions): Promise<void> {
  const replicas = processNames.flatMap((name) =>
    stack.processes[name].map((replica) => ({ name, replica })),
  );
  const turns: Turn[] = replicas.map(({ name, replica }) => ({
    name,
    number: replica.plan.number,
    work: () => restartReplica(stack, { name, replica }, signal),
  }));
  turns.push({ name: 'nginx (reload)', number: 1, work: () => reloadNginx(stack) });
  for (const { name, number, work } of turns) {
    const [startedAt, failedBefore] = [performance.now(), countFailed(load.soFar)];
    await work();
    const seconds = (performance.now() - startedAt) / 1_000;
    await sleep(quietMs, undefined, { signal });
    onRolled({ name, number, seconds, failed: countFailed(load.soFar) - failedBefore });
  }
}
