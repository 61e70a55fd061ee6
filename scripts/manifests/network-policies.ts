import { BlockList, isIPv6 } from 'node:net';
import { matches, type LabelSelector, type Labels } from './selectors.ts';

/** One end of a connection: a pod, or an address that no pod has. */
export interface Endpoint {
  name: string;
  address: string;
  /** Of a pod only. */
  labels?: Labels;
  /** Of the pod's namespace. */
  namespace?: Labels;
  /** Named ports of the pod, by protocol and name: `TCP http`. */
  named?: Record<string, number>;
}

export interface TargetPort {
  protocol: string;
  number: number;
}

interface Peer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr?: string; except?: string[] };
}

export interface PolicyPort {
  protocol?: string;
  port?: number | string;
  endPort?: number;
}

interface PolicyRule {
  from?: Peer[];
  to?: Peer[];
  ports?: PolicyPort[];
}

export interface NetworkPolicy {
  metadata?: { name?: string; namespace?: string };
  spec?: {
    podSelector?: LabelSelector;
    policyTypes?: string[];
    ingress?: PolicyRule[];
    egress?: PolicyRule[];
  };
}

interface Connection {
  source: Endpoint;
  target: Endpoint;
  port: TargetPort;
}

export const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** A connection needs the source to be let out and the target to be let in (Kubernetes manual, "Network Policies"). */
export function isAllowed(connection: Connection, policies: NetworkPolicy[]): boolean {
  return passes('Egress', connection, policies) && passes('Ingress', connection, policies);
}

/** A pod that no policy selects for this direction is open; otherwise one rule of one policy must let it pass. */
function passes(direction: 'Egress' | 'Ingress', connection: Connection, policies: NetworkPolicy[]): boolean {
  const [subject, peer] =
    direction === 'Egress' ? [connection.source, connection.target] : [connection.target, connection.source];
  const concerned = policies.filter(
    (policy) => typesOf(policy).includes(direction) && selects(policy, subject),
  );
  if (concerned.length === 0) return true;
  return concerned.some((policy) => {
    const namespace = { [NAMESPACE_NAME]: policy.metadata?.namespace ?? 'default' };
    const rules = (direction === 'Egress' ? policy.spec?.egress : policy.spec?.ingress) ?? [];
    return rules.some((rule) => {
      const peers = (direction === 'Egress' ? rule.to : rule.from) ?? [];
      const isPeer = peers.length === 0 || peers.some((one) => isMeant(one, peer, namespace));
      return isPeer && opens(rule.ports ?? [], connection);
    });
  });
}

/** Without policyTypes a policy is about what comes in, and about what goes out when it has such rules. */
function typesOf({ spec = {} }: NetworkPolicy): string[] {
  return spec.policyTypes ?? ['Ingress', ...(spec.egress === undefined ? [] : ['Egress'])];
}

function selects({ metadata, spec = {} }: NetworkPolicy, { labels, namespace }: Endpoint): boolean {
  if (labels === undefined || namespace?.[NAMESPACE_NAME] !== metadata?.namespace) return false;
  return matches(spec.podSelector ?? {}, labels);
}

function isMeant({ podSelector, namespaceSelector, ipBlock }: Peer, peer: Endpoint, own: Labels): boolean {
  if (ipBlock !== undefined) return contains(ipBlock, peer.address);
  if (peer.labels === undefined || peer.namespace === undefined) return false;
  const isInNamespace =
    namespaceSelector === undefined
      ? peer.namespace[NAMESPACE_NAME] === own[NAMESPACE_NAME]
      : matches(namespaceSelector, peer.namespace);
  return isInNamespace && matches(podSelector ?? {}, peer.labels);
}

function contains({ cidr = '', except = [] }: NonNullable<Peer['ipBlock']>, address: string): boolean {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  return listOf([cidr]).check(address, family) && !listOf(except).check(address, family);
}

function listOf(networks: string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** A named port is a name of the target's, in both directions. */
function opens(ports: PolicyPort[], { port, target }: Connection): boolean {
  if (ports.length === 0) return true;
  return ports.some(({ protocol = 'TCP', port: first, endPort }) => {
    if (protocol !== port.protocol) return false;
    if (first === undefined) return true;
    if (typeof first === 'string') return target.named?.[`${protocol} ${first}`] === port.number;
    return port.number >= first && port.number <= (endPort ?? first);
  });
}
