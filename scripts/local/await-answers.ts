import { localUrl } from './loopback.ts';
import { type ProcessName, processNames, serviceNames, type ServiceName } from './processes.ts';
import type { SupervisedProcess } from './supervised-process.ts';
import { waitUntilReady, type Expectation } from './wait-until-ready.ts';

export type Processes = Record<ProcessName, SupervisedProcess[]>;

interface AwaitOptions {
  onProgress: (message: string) => void;
  signal: AbortSignal | undefined;
}

export function countReplicas(count: number): string {
  return count === 1 ? '1 replica' : `${count} replicas`;
}

/** Every replica first, by its own probe; then the three ways through Nginx. */
export async function awaitAnswers(processes: Processes, url: string, options: AwaitOptions): Promise<void> {
  const { onProgress, signal } = options;
  await Promise.all(
    processNames.map(async (name) => {
      const probe = (from: SupervisedProcess): Expectation => ({
        url: localUrl(from.plan.environment.OPS_PORT, '/readyz'),
        status: 200,
        from,
      });
      await Promise.all(processes[name].map((replica) => waitUntilReady(probe(replica), signal)));
      onProgress(`${name} is ready (${countReplicas(processes[name].length)})`);
    }),
  );
  const paths: Record<ServiceName, [path: string, status: number]> = {
    'auth-service': ['/api/v1/auth/.well-known/jwks.json', 200],
    'product-service': ['/api/v1/products', 200],
    'order-service': ['/api/v1/orders', 401],
  };
  for (const name of serviceNames) {
    const [[path, status], [from]] = [paths[name], processes[name]];
    if (from !== undefined) await waitUntilReady({ url: url + path, status, from }, signal);
  }
}
