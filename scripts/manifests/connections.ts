import { allowedIn } from './allowed-connections.ts';
import { endpointsIn, outside, portsIn, tellPort } from './endpoints.ts';
import { isAllowed, type NetworkPolicy } from './network-policies.ts';
import { ofKind, type Rendering } from './objects.ts';
import type { Fault } from './rule.ts';

export interface Pair {
  source: string;
  target: string;
  ports: string[];
}

/** What the NetworkPolicies let pass is what allowed-connections.ts lists, no more and no less. */
export function connections(rendering: Rendering): Fault[] {
  const wanted = allowedIn(rendering);
  return pairsOf(rendering).flatMap(({ source, target, ports }) => {
    const pair = `${source} -> ${target}`;
    const expected = wanted.get(pair) ?? new Set<string>();
    const more = ports.filter((port) => !expected.has(port));
    const less = [...expected].filter((port) => !ports.includes(port));
    const faults: Fault[] = [];
    if (more.length > 0) {
      faults.push({
        subject: pair,
        message: `is open on ${shortened(more)}: close it in a NetworkPolicy, or allow it in scripts/manifests/allowed-connections.ts`,
      });
    }
    if (less.length > 0) {
      faults.push({
        subject: pair,
        message: `is closed on ${less.join(', ')}: let it out of the one and into the other`,
      });
    }
    return faults;
  });
}

/** Every two pods or places with one end in our namespace, and the ports between them. */
export function pairsOf(rendering: Rendering): Pair[] {
  const policies = ofKind(rendering, 'NetworkPolicy') as NetworkPolicy[];
  const candidates = portsIn(rendering, policies);
  const endpoints = endpointsIn(rendering);
  return endpoints.flatMap((source) =>
    endpoints
      .filter((target) => !(outside.includes(source) && outside.includes(target)))
      .map((target) => ({
        source: source.name,
        target: target.name,
        ports: candidates.filter((port) => isAllowed({ source, target, port }, policies)).map(tellPort),
      })),
  );
}

/** Where all ports of a protocol are open, nobody wants them listed. */
export function shortened(ports: string[]): string {
  const whole = ports.filter((port) => port.endsWith(' any other')).map((port) => port.split(' ')[0] ?? '');
  const single = ports.filter((port) => !whole.includes(port.split(' ')[0] ?? ''));
  return [...single, ...whole.map((protocol) => `${protocol} any`)].join(', ');
}
