import { type Output, runProgram } from '../deployed/run-program.ts';

export const namespace = 'tradepost';

/** Runs kubectl on the cluster that it points at, whatever comes of it. */
export const tryKubectl = (args: readonly string[], input = ''): Promise<Output> =>
  runProgram('kubectl', args, { input });

/** @returns what kubectl prints; throws what it complains about */
export async function kubectl(args: readonly string[], input = ''): Promise<string> {
  const { status, out, said } = await tryKubectl(args, input);
  if (status !== 0) throw new Error(`kubectl ${args.join(' ').slice(0, 200)}: ${said.trim() || out.trim()}`);
  return out;
}

/** In the namespace of Tradepost. */
export const inNamespace = (...args: string[]): Promise<string> => kubectl(['-n', namespace, ...args]);

export interface Pod {
  metadata: { name: string; uid: string; deletionTimestamp?: string; labels: Record<string, string> };
  status: {
    phase: string;
    podIP?: string;
    conditions?: { type: string; status: string }[];
    containerStatuses?: { name: string; restartCount: number }[];
    initContainerStatuses?: { name: string; restartCount: number }[];
  };
}

/** The pods of an application, or of all, that are not on their way out. */
export async function listPods(application?: string): Promise<Pod[]> {
  const selector = application
    ? `app.kubernetes.io/name=${application}`
    : 'app.kubernetes.io/part-of=tradepost';
  const { items } = JSON.parse(await inNamespace('get', 'pods', '-l', selector, '-o', 'json')) as {
    items: Pod[];
  };
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

export function isReady({ status }: Pod): boolean {
  return status.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') ?? false;
}

export function countRestarts(pods: readonly Pod[]): number {
  const all = pods.flatMap(({ status }) => [
    ...(status.containerStatuses ?? []),
    ...(status.initContainerStatuses ?? []),
  ]);
  return all.reduce((sum, { restartCount }) => sum + restartCount, 0);
}

/** Of two replicas each. */
export const replicated = [
  'auth-service',
  'product-service',
  'order-service',
  'order-worker',
  'nginx',
] as const;
export const deployments = [...replicated, 'payment-simulator'] as const;
export const databases = ['auth-mysql', 'product-mysql', 'order-mysql', 'payment-mysql'] as const;
/** Who works on a database; the first of them opens its accounts and makes its tables. */
export const usersOf: Record<(typeof databases)[number], readonly [string, ...string[]]> = {
  'auth-mysql': ['auth-service'],
  'product-mysql': ['product-service'],
  'order-mysql': ['order-service', 'order-worker'],
  'payment-mysql': ['payment-simulator'],
};

export async function awaitRollout(
  kind: 'deployment' | 'statefulset',
  name: string,
  seconds = 180,
): Promise<void> {
  await inNamespace('rollout', 'status', `${kind}/${name}`, `--timeout=${seconds}s`);
}

/** @returns after how many seconds everything was there and ready */
export async function awaitEverything(seconds = 180): Promise<number> {
  const startedAt = performance.now();
  await Promise.all([
    ...databases.map((name) => awaitRollout('statefulset', name, seconds)),
    ...deployments.map((name) => awaitRollout('deployment', name, seconds)),
  ]);
  return (performance.now() - startedAt) / 1000;
}

/** A value of the Secret that everything is made from. */
export async function readSecret(name: string): Promise<string> {
  const { data } = JSON.parse(await inNamespace('get', 'secret', namespace, '-o', 'json')) as {
    data: Record<string, string>;
  };
  return Buffer.from(data[name] ?? '', 'base64').toString();
}
