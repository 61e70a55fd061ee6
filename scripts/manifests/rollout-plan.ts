import { nameOf, ofKind, type KubernetesObject, type Rendering } from './objects.ts';
import type { Project } from './project.ts';
import { faultIn, faultsIn, type Fault } from './rule.ts';
import { matches } from './selectors.ts';
import { ourDeployments, type Workload } from './workloads.ts';

const SPREAD = ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'];
const REPLICAS = 2;
/** A stand-in for somebody else has no spare. */
const SINGLE = ['payment-simulator'];
/** The work of these does not grow with the requests. */
const UNSCALED = [...SINGLE, 'order-worker'];

/** A Deployment has two replicas in different places, and neither a roll nor a drained node takes both. */
export function rolloutPlan(rendering: Rendering, project: Project): Fault[] {
  const deployments = ourDeployments(rendering, project);
  return [
    ...deployments.flatMap((deployment) => [
      ...replicaFaults(deployment, rendering),
      ...strategyFaults(deployment.object),
      ...budgetFaults(deployment, rendering),
      ...spreadFaults(deployment),
    ]),
    ...autoscalerFaults(rendering, deployments),
  ];
}

function replicaFaults({ object, name }: Workload, rendering: Rendering): Fault[] {
  const { replicas } = object.spec ?? {};
  const wanted = SINGLE.includes(name) ? 1 : REPLICAS;
  const isScaled = autoscalersOf(rendering).some(({ spec }) => spec?.scaleTargetRef?.name === name);
  return faultsIn(object, [
    [isScaled && replicas !== undefined, 'every apply would undo its autoscaler: take replicas away'],
    [!isScaled && replicas !== wanted, `set replicas: ${wanted}, or render an autoscaler for it`],
    [
      !isScaled && rendering.overlay === 'production' && !UNSCALED.includes(name),
      'has no HorizontalPodAutoscaler: production scales by load',
    ],
  ]);
}

function strategyFaults(object: KubernetesObject): Fault[] {
  const { minReadySeconds, strategy } = object.spec ?? {};
  const { maxUnavailable, maxSurge } = strategy?.rollingUpdate ?? {};
  return faultsIn(object, [
    [(strategy?.type ?? 'RollingUpdate') !== 'RollingUpdate', 'stops all to start all: use RollingUpdate'],
    [maxUnavailable !== 0, 'a roll takes replicas away: set maxUnavailable: 0'],
    [maxSurge !== 1, 'set maxSurge: 1'],
    [minReadySeconds !== 5, 'a roll goes on before a replica has proved itself: set minReadySeconds: 5'],
  ]);
}

/** With two budgets for one pod, Kubernetes refuses every eviction of it. */
function budgetFaults({ object, labels }: Workload, rendering: Rendering): Fault[] {
  const budgets = ofKind(rendering, 'PodDisruptionBudget').filter(({ spec }) =>
    matches(spec?.selector ?? {}, labels),
  );
  return [
    ...faultsIn(object, [
      [budgets.length === 0, 'no PodDisruptionBudget selects its pods: a drained node may take all of them'],
      [budgets.length > 1, `no pod can be evicted under ${budgets.map(nameOf).join(' and ')}: keep one`],
    ]),
    ...budgets
      .filter(({ spec = {} }) => spec.maxUnavailable !== 1 && spec.minAvailable !== 1)
      .map((budget) => faultIn(budget, 'set maxUnavailable: 1')),
  ];
}

function spreadFaults({ object, labels, pod }: Workload): Fault[] {
  const { topologySpreadConstraints: constraints = [] } = pod;
  return SPREAD.filter(
    (key) =>
      !constraints.some(
        ({ topologyKey, labelSelector }) =>
          topologyKey === key && labelSelector !== undefined && matches(labelSelector, labels),
      ),
  ).map((key) => faultIn(object, `its pods may all be in one place: spread them over ${key}`));
}

function autoscalersOf(rendering: Rendering): KubernetesObject[] {
  return ofKind(rendering, 'HorizontalPodAutoscaler');
}

function autoscalerFaults(rendering: Rendering, deployments: Workload[]): Fault[] {
  return autoscalersOf(rendering).flatMap((autoscaler) => {
    const { scaleTargetRef: target, minReplicas = 1 } = autoscaler.spec ?? {};
    return faultsIn(autoscaler, [
      [autoscaler.apiVersion !== 'autoscaling/v2', 'write apiVersion: autoscaling/v2'],
      [rendering.overlay === 'local', 'one machine has no metrics server: leave autoscaling to production'],
      [minReplicas < REPLICAS, `set minReplicas: ${REPLICAS}`],
      [
        target?.kind !== 'Deployment' || deployments.every(({ name }) => name !== target.name),
        `scales ${target?.kind ?? ''}/${target?.name ?? ''}, which is not there`,
      ],
    ]);
  });
}
