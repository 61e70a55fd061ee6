import type { Rendering } from './objects.ts';
import type { Project } from './project.ts';
import type { Container } from './pods.ts';
import { faultsIn, type Fault } from './rule.ts';
import { settingsOf } from './settings-of.ts';
import { mainContainersOf, ourDeployments, type Place } from './workloads.ts';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
/** See service-kit/src/server.ts: after draining, the connections that are left are cut off. */
const HARD_LIMIT_SECONDS = 10;
const DEFAULT_DRAIN_MS = 500;
/** What Kubernetes gives a pod that says nothing. */
const DEFAULT_GRACE_SECONDS = 30;

/** A process of ours is asked three different questions, and has the time to end what it began. */
export function lifecycle(rendering: Rendering, project: Project): Fault[] {
  return ourDeployments(rendering, project)
    .flatMap(mainContainersOf)
    .flatMap((place) => [...probeFaults(place), ...endingFaults(place, rendering)]);
}

function probeFaults({ workload, container, called }: Place): Fault[] {
  const paths = PROBES.map((probe) => container[probe]?.httpGet?.path);
  const missing = PROBES.filter((_probe, index) => paths[index] === undefined);
  return faultsIn(workload.object, [
    [missing.length > 0, `${called} has no ${missing.join(', ')}: ask it by httpGet`],
    [
      missing.length === 0 && new Set(paths).size < PROBES.length,
      `${called} answers two probes on one path: ask startup, readiness and liveness on paths of their own`,
    ],
  ]);
}

function endingFaults({ workload, container, called }: Place, rendering: Rendering): Fault[] {
  const preStop = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
  const drainMs = drainMsOf(container, rendering);
  const needed = preStop + drainMs / 1000 + HARD_LIMIT_SECONDS;
  const grace = workload.pod.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  return faultsIn(workload.object, [
    [preStop <= 0, `${called} ends while requests still come: add lifecycle.preStop.sleep`],
    [
      grace <= needed,
      `${called} needs ${needed} s to end and is killed after ${grace}: raise terminationGracePeriodSeconds`,
    ],
  ]);
}

function drainMsOf(container: Container, rendering: Rendering): number {
  const said = settingsOf(container, rendering).find(({ name }) => name === 'DRAIN_MS')?.value;
  return Number(said || DEFAULT_DRAIN_MS);
}
