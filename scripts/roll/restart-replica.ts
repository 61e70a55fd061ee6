import { localUrl } from '../local/loopback.ts';
import { type ProcessName, type ServiceName, serviceNames } from '../local/processes.ts';
import type { Stack } from '../local/start-stack.ts';
import type { SupervisedProcess } from '../local/supervised-process.ts';
import { waitUntilReady } from '../local/wait-until-ready.ts';
import { changeUpstreams } from './change-upstreams.ts';

async function restart(replica: SupervisedProcess, signal: AbortSignal): Promise<void> {
  await replica.stop();
  signal.throwIfAborted();
  replica.start();
  const url = localUrl(replica.plan.environment.OPS_PORT, '/readyz');
  await waitUntilReady({ url, status: 200, from: replica }, signal);
}

const isRouted = (name: ProcessName): name is ServiceName => serviceNames.some((service) => service === name);

/** Restarts one replica: takes it out of Nginx, stops it politely, starts it, and puts it back when it is ready. */
export async function restartReplica(
  stack: Stack,
  { name, replica }: { name: ProcessName; replica: SupervisedProcess },
  signal: AbortSignal,
): Promise<void> {
  // A worker is called by nobody, and the simulator only while somebody pays.
  if (!isRouted(name)) return restart(replica, signal);
  await changeUpstreams(stack, { service: name, port: Number(replica.plan.environment.PORT) });
  await restart(replica, signal);
  await changeUpstreams(stack);
}
