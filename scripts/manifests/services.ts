import { nameOf, ofKind, type KubernetesObject, type Rendering } from './objects.ts';
import type { Port } from './pods.ts';
import { faultIn, faultsIn, type Fault } from './rule.ts';
import { hasLabels, type Labels } from './selectors.ts';
import { mainContainersOf, workloadsOf, type Workload } from './workloads.ts';

/** The only Service that may be open to the outside. */
const DOOR = 'nginx';
const DOOR_TYPES = { local: ['NodePort'], production: ['LoadBalancer', 'NodePort', 'ClusterIP'] };
/** What leads to a Service from outside, and the fields that name it. */
const ROUTES = ['Ingress', 'HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute'];

/** Every Service leads to pods and to a port that they open; from outside there is one door. */
export function services(rendering: Rendering): Fault[] {
  const found = ofKind(rendering, 'Service');
  return [
    ...found.flatMap((service) => [...targetFaults(service, rendering), ...typeFaults(service, rendering)]),
    ...ofKind(rendering, ...ROUTES).flatMap((route) => routeFaults(route, rendering)),
  ];
}

function targetFaults(service: KubernetesObject, rendering: Rendering): Fault[] {
  const selector = (service.spec?.selector ?? {}) as Labels;
  const chosen = workloadsOf(rendering).filter(({ labels }) => hasLabels(labels, selector));
  if (Object.keys(selector).length === 0 || chosen.length === 0) {
    return [faultIn(service, 'selects no pods: write the labels of a pod template into selector')];
  }
  return chosen.flatMap((workload) =>
    (service.spec?.ports ?? [])
      .filter((port) => !opens(workload, port))
      .map(({ port, targetPort = port }) =>
        faultIn(
          service,
          `leads to port ${String(targetPort)}, which ${workload.kind}/${workload.name} does not open`,
        ),
      ),
  );
}

function opens(workload: Workload, { port, targetPort = port, protocol = 'TCP' }: Port): boolean {
  return mainContainersOf(workload)
    .flatMap(({ container }) => container.ports ?? [])
    .filter((one) => (one.protocol ?? 'TCP') === protocol)
    .some(({ name, containerPort }) => targetPort === name || targetPort === containerPort);
}

function typeFaults(service: KubernetesObject, { place }: Rendering): Fault[] {
  const { type = 'ClusterIP', clusterIP, ipFamilyPolicy = 'SingleStack' } = service.spec ?? {};
  // All addresses of a headless one are taken for a pod each.
  const families = clusterIP === 'None' ? 'SingleStack' : 'PreferDualStack';
  const allowed = nameOf(service) === DOOR ? DOOR_TYPES[place] : ['ClusterIP'];
  return faultsIn(service, [
    [!allowed.includes(type), `is of type ${type}: make it ${allowed.join(' or ')}`],
    [
      ipFamilyPolicy !== families,
      `is ${ipFamilyPolicy}, which a cluster of both families takes literally: make it ${families}`,
    ],
  ]);
}

function routeFaults(route: KubernetesObject, rendering: Rendering): Fault[] {
  const door = ofKind(rendering, 'Service').find((one) => nameOf(one) === DOOR);
  const open = (door?.spec?.ports ?? []).flatMap(({ name, port }) => [name, port]);
  const targets = [...backendsOf(route.spec)];
  return [
    ...faultsIn(route, [[targets.length === 0, `leads nowhere: name the Service ${DOOR}`]]),
    ...targets.flatMap(({ name = '', port }) =>
      faultsIn(route, [
        [name !== DOOR, `leads to ${name}, past the door: name the Service ${DOOR}`],
        [
          name === DOOR && !open.includes(port as never),
          `leads to port ${String(port)}, which ${DOOR} has not`,
        ],
      ]),
    ),
  ];
}

interface Backend {
  name?: string;
  port?: unknown;
}

/** `service` and `backend` in an Ingress, `backendRefs` in routes of the Gateway API. */
function* backendsOf(value: unknown): Generator<Backend> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === 'backendRefs') yield* child as Backend[];
    else if (key === 'service') yield ofIngress(child as Backend);
    else yield* backendsOf(child);
  }
}

function ofIngress({ name, port }: Backend): Backend {
  const { number, name: called } = (port ?? {}) as { number?: number; name?: string };
  return { ...(name !== undefined && { name }), port: number ?? called };
}
