import { nameOf, ofKind, type KubernetesObject, type Rendering } from './objects.ts';
import type { Container, PodSpec, PodTemplate } from './pods.ts';
import { ownImage, type Project } from './project.ts';
import type { Labels } from './selectors.ts';

/** An object that makes pods, and what they are made from. */
export interface Workload {
  object: KubernetesObject;
  kind: string;
  name: string;
  labels: Labels;
  pod: PodSpec;
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob', 'Pod'];

/** Everything that makes pods, or is one. */
export function workloadsOf(rendering: Rendering): Workload[] {
  return ofKind(rendering, ...WORKLOADS).map((object) => {
    const { metadata, spec = {} } = templateOf(object);
    return {
      object,
      kind: object.kind ?? '',
      name: nameOf(object),
      labels: metadata?.labels ?? {},
      pod: spec,
    };
  });
}

export function templateOf({ kind, metadata, spec = {} }: KubernetesObject): PodTemplate {
  if (kind === 'Pod') return { ...(metadata && { metadata }), spec: spec as PodSpec };
  return (kind === 'CronJob' ? spec.jobTemplate?.spec?.template : spec.template) ?? {};
}

export type Role = 'container' | 'init container' | 'ephemeral container';

export interface Place {
  workload: Workload;
  role: Role;
  container: Container;
  /** How a breach names it. */
  called: string;
}

/** Every container of a workload's pods, with what it is for. */
export function containersOf(workload: Workload): Place[] {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = workload.pod;
  const lists: [Role, Container[]][] = [
    ['init container', initContainers],
    ['container', containers],
    ['ephemeral container', ephemeralContainers],
  ];
  return lists.flatMap(([role, list]) =>
    list.map((container) => ({ workload, role, container, called: `${role} ${container.name ?? ''}` })),
  );
}

/** Those that run as long as the pod does. */
export function mainContainersOf(workload: Workload): Place[] {
  return containersOf(workload).filter(({ role }) => role === 'container');
}

/** What serves requests with code of ours. Somebody else's program, such as a monitor, rolls as it can. */
export function ourDeployments(rendering: Rendering, project: Project): Workload[] {
  return workloadsOf(rendering)
    .filter(({ kind }) => kind === 'Deployment')
    .filter((workload) =>
      mainContainersOf(workload).some(({ container }) => ownImage(project, container.image) !== undefined),
    );
}
