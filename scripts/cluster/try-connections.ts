import { setTimeout as sleep } from 'node:timers/promises';
import { allowed } from '../manifests/allowed-connections.ts';
import type { Finding, Ground } from './ground.ts';
import { databases, deployments, inNamespace, kubectl, listPods, namespace } from './kubectl.ts';

const ports = [3000, 3100, 3306, 8080, 8081, 9100];
const targets = [...deployments, ...databases];
/** Ours, one in our namespace without our labels, and one in another namespace. */
const strangers = { unlabelled: namespace, outside: 'default' } as const;
const sources = [...targets, ...(Object.keys(strangers) as (keyof typeof strangers)[])];
type Source = (typeof sources)[number];

function strangerPod(name: string, place: string, image: string): object {
  const securityContext = {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    runAsUser: 10001,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: place },
    spec: {
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      containers: [{ name, image, command: ['sleep', '600'], securityContext }],
    },
  };
}

async function startStrangers(): Promise<void> {
  const image = await inNamespace('get', 'deployment', 'nginx', '-o', 'jsonpath={..containers[0].image}');
  for (const [name, place] of Object.entries(strangers)) {
    await kubectl(['apply', '-f', '-'], JSON.stringify(strangerPod(name, place, image)));
    await kubectl(['-n', place, 'wait', '--for=condition=Ready', `pod/${name}`, '--timeout=60s']);
  }
  // A network plugin may need a moment until its rules know a new pod.
  await sleep(3_000);
}

async function removeStrangers(): Promise<void> {
  for (const [name, place] of Object.entries(strangers))
    await kubectl(['-n', place, 'delete', 'pod', name, '--ignore-not-found', '--now']);
}

function placeOf(source: Source): string[] {
  if (source === 'unlabelled' || source === 'outside') return ['-n', strangers[source], 'exec', source];
  const kind = source.endsWith('-mysql') ? 'statefulset' : 'deployment';
  return ['-n', namespace, 'exec', `${kind}/${source}`];
}

/** Which of the addresses a pod can connect to; all tried at once, each for two seconds. */
async function tryFrom(source: Source, addresses: string[]): Promise<string[]> {
  const attempts = addresses.map(
    (address) =>
      `(timeout 2 bash -c '</dev/tcp/${address.replace(':', '/')}' && echo ${address}) 2>/dev/null &`,
  );
  const out = await kubectl([...placeOf(source), '--', 'bash', '-c', `${attempts.join('\n')}\nwait`]);
  return out.split('\n').filter(Boolean);
}

function isAllowed(source: Source, target: string, port: number): boolean {
  return allowed.some(
    (row) =>
      row.place !== 'production' &&
      row.from.includes(source) &&
      row.to.includes(target) &&
      row.ports.includes(`TCP ${port}`),
  );
}

/** Every source against every port of every pod: open if it is drawn, and otherwise not. */
export async function tryConnections(_ground: Ground): Promise<Finding[]> {
  const names = new Map<string, string>();
  for (const target of targets)
    for (const { status } of await listPods(target))
      for (const port of ports) names.set(`${status.podIP}:${port}`, `${target}:${port}`);
  const addresses = [...names.keys()];
  try {
    await startStrangers();
    const findings: Finding[] = [];
    for (const source of sources) {
      const reached = await tryFrom(source, addresses);
      const expected = [...names.values()].filter((name) => {
        const [target = '', port] = name.split(':');
        // A pod reaches its own listeners through its own network, which no policy governs.
        return target !== source && isAllowed(source, target, Number(port));
      });
      findings.push(
        judge(source, { expected, got: reached.map((address) => names.get(address) ?? address) }),
      );
    }
    return findings;
  } finally {
    await removeStrangers();
  }
}

function judge(source: Source, { expected, got }: { expected: string[]; got: string[] }): Finding {
  const tell = (list: string[]): string => [...new Set(list)].sort().join(', ') || 'nothing';
  const others = got.filter((name) => !name.startsWith(`${source}:`));
  return {
    check: `connections from ${source}`,
    expected: tell(expected),
    got: tell(others),
    passed: [...expected].sort().join() === [...others].sort().join(),
  };
}
