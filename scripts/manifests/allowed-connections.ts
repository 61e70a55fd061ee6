import { endpointsIn, outside } from './endpoints.ts';
import type { Rendering } from './objects.ts';
import { workloadsOf } from './workloads.ts';

/** Names of pods and places; or one of the groups below. */
interface Row {
  from: string[];
  to: string[];
  ports: string[];
  /** Only there. */
  place?: Rendering['place'];
}

const groups: Record<string, (rendering: Rendering) => string[]> = {
  outside: () => outside.map(({ name }) => name),
  ours: (rendering) =>
    endpointsIn(rendering)
      .slice(0, workloadsOf(rendering).length)
      .map(({ name }) => name),
};

const services = ['auth-service', 'product-service', 'order-service'];
const ordering = ['order-service', 'order-worker'];
const internet = ['internet', 'internet-ipv6', 'internet-nat64'];

/** Everything that may be reached. docs/operations.md draws it; what is not written here is refused. */
export const allowed: Row[] = [
  { from: ['outside'], to: ['nginx'], ports: ['TCP 8080'] },
  { from: ['nginx'], to: services, ports: ['TCP 3000'] },
  { from: ['product-service', 'order-service'], to: ['auth-service'], ports: ['TCP 3000'] },
  { from: [...ordering, 'auth-service'], to: ['product-service'], ports: ['TCP 3100'] },
  { from: ['auth-service', 'product-service'], to: ['order-service'], ports: ['TCP 3100'] },
  { from: ['order-service'], to: ['auth-service'], ports: ['TCP 3100'] },
  { from: ordering, to: ['payment-simulator'], ports: ['TCP 3000'], place: 'local' },
  { from: ['order-worker'], to: internet, ports: ['TCP 443'] },
  { from: ['auth-service', 'product-service', 'order-worker'], to: ['kafka'], ports: ['TCP 9092'] },
  // The real provider is somewhere outside.
  { from: ordering, to: internet, ports: ['TCP 443'], place: 'production' },
  // Mail server and SMS provider are, too.
  { from: ['auth-service'], to: internet, ports: ['TCP 443', 'TCP 465', 'TCP 587'], place: 'production' },
  { from: ['auth-service'], to: ['auth-mysql'], ports: ['TCP 3306'], place: 'local' },
  { from: ['product-service'], to: ['product-mysql'], ports: ['TCP 3306'], place: 'local' },
  { from: ordering, to: ['order-mysql'], ports: ['TCP 3306'], place: 'local' },
  { from: ['payment-simulator'], to: ['payment-mysql'], ports: ['TCP 3306'], place: 'local' },
  {
    from: [...services, 'order-worker'],
    to: ['managed-databases', 'managed-databases-ipv6'],
    ports: ['TCP 3306'],
    place: 'production',
  },
  { from: ['ours'], to: ['kube-dns'], ports: ['UDP 53', 'TCP 53'] },
  { from: ['prometheus'], to: [...services, 'order-worker', 'payment-simulator'], ports: ['TCP 9100'] },
  // The API server has no label to select it by.
  { from: ['provision'], to: ['outside'], ports: ['TCP 443', 'TCP 6443'] },
];

/** The allowed ports of each pair of names. */
export function allowedIn(rendering: Rendering): Map<string, Set<string>> {
  const present = new Set(endpointsIn(rendering).map(({ name }) => name));
  const expand = (names: string[]): string[] =>
    names.flatMap((name) => groups[name]?.(rendering) ?? [name]).filter((name) => present.has(name));
  const found = new Map<string, Set<string>>();
  for (const { from, to, ports, place } of allowed) {
    if (place !== undefined && place !== rendering.place) continue;
    for (const pair of expand(from).flatMap((source) =>
      expand(to).map((target) => `${source} -> ${target}`),
    )) {
      found.set(pair, new Set([...(found.get(pair) ?? []), ...ports]));
    }
  }
  return found;
}
