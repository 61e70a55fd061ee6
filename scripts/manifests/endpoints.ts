import type { Rendering } from './objects.ts';
import { NAMESPACE_NAME, type Endpoint, type NetworkPolicy, type TargetPort } from './network-policies.ts';
import { mainContainersOf, workloadsOf, type Workload } from './workloads.ts';

const OURS = { [NAMESPACE_NAME]: 'tradepost' };

/** What is outside of our namespace. The addresses stand for many: a policy that lets one pass lets its like pass. */
export const outside: Endpoint[] = [
  { name: 'internet', address: '203.0.113.7' },
  { name: 'internet-ipv6', address: '2600::7' },
  // What DNS64 makes of 203.0.113.7 and of 10.1.2.3 in a cluster that has IPv6 only (RFC 6052 section 2.1).
  { name: 'internet-nat64', address: '64:ff9b::cb00:7107' },
  { name: 'inside-nat64', address: '64:ff9b::a01:203' },
  { name: 'inside-ipv6', address: 'fc00::7' },
  // Where deployment/overlays/production expects the managed databases.
  { name: 'managed-databases', address: '10.1.2.3' },
  { name: 'managed-databases-ipv6', address: 'fd00::1:2:3' },
  { name: 'api-server', address: '172.18.0.2' },
  { name: 'foreign-pod', address: '192.168.77.7', labels: {}, namespace: { [NAMESPACE_NAME]: 'other' } },
  {
    name: 'kube-dns',
    address: '192.168.77.53',
    labels: { 'k8s-app': 'kube-dns' },
    namespace: { [NAMESPACE_NAME]: 'kube-system' },
  },
];

/** A pod that somebody starts in our namespace without our labels. */
const UNLABELLED: Endpoint = {
  name: 'unlabelled-pod',
  address: '192.168.1.250',
  labels: {},
  namespace: OURS,
};

/** The pods of each workload; several workloads may make pods of one name. */
export function endpointsIn(rendering: Rendering): Endpoint[] {
  const pods = workloadsOf(rendering).map((workload, index): Endpoint => {
    const { labels, name } = workload;
    return {
      name: labels['app.kubernetes.io/name'] ?? name,
      // Outside of 10.0.0.0/8, which is what production says of its databases.
      address: `192.168.1.${index + 1}`,
      labels,
      namespace: OURS,
      named: namedPorts(workload),
    };
  });
  return [...pods, UNLABELLED, ...outside];
}

function namedPorts(workload: Workload): Record<string, number> {
  const ports = mainContainersOf(workload).flatMap(({ container }) => container.ports ?? []);
  return Object.fromEntries(
    ports.map(({ name = '', containerPort = 0, protocol = 'TCP' }) => [`${protocol} ${name}`, containerPort]),
  );
}

/** Ports that nobody speaks of: open only where all are. */
const UNNAMED = 49_999;

/** Every port that a pod opens or a policy speaks of, both ends of a range, and one that nobody speaks of. */
export function portsIn(rendering: Rendering, policies: NetworkPolicy[]): TargetPort[] {
  const opened = workloadsOf(rendering).flatMap((workload) => Object.values(namedPorts(workload)));
  const rules = policies.flatMap(({ spec }) => [...(spec?.ingress ?? []), ...(spec?.egress ?? [])]);
  const told = rules
    .flatMap(({ ports = [] }) => ports)
    .flatMap(({ port, endPort }) => [port, endPort])
    .filter((number) => typeof number === 'number');
  const numbers = [...new Set([...opened, ...told, UNNAMED])].sort((one, other) => one - other);
  return ['TCP', 'UDP', 'SCTP'].flatMap((protocol) => numbers.map((number) => ({ protocol, number })));
}

/** `TCP 3000`; the port that nobody speaks of stands for all others. */
export function tellPort({ protocol, number }: TargetPort): string {
  return number === UNNAMED ? `${protocol} any other` : `${protocol} ${number}`;
}
