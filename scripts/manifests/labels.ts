import { nameOf, ofKind, type KubernetesObject, type Rendering } from './objects.ts';
import { ownImage, type Project } from './project.ts';
import { faultIn, faultsIn, type Fault } from './rule.ts';
import type { Labels } from './selectors.ts';
import { mainContainersOf, workloadsOf, type Workload } from './workloads.ts';

const PREFIX = 'app.kubernetes.io/';
const RECOMMENDED = ['name', 'instance', 'version', 'component', 'part-of', 'managed-by'];
/**
 * What no version and no component owns alone, such as a policy or a namespace, says at least whose it is: then
 * `kubectl get -l app.kubernetes.io/part-of=tradepost` finds everything.
 */
const OF_EVERYTHING = ['instance', 'part-of', 'managed-by'];
const IN_FULL = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Service'];
const NAMESPACE = 'tradepost';
const WITHOUT_NAMESPACE =
  /^(Namespace|Cluster.*|CustomResourceDefinition|GatewayClass|IngressClass|PriorityClass)$/;

/** The recommended labels are there and true, and everything lies in one namespace. */
export function labels(rendering: Rendering, project: Project): Fault[] {
  return [
    ...rendering.objects.flatMap((object) => [...missingLabels(object), ...placeFaults(object)]),
    ...workloadsOf(rendering).flatMap((workload) => [
      ...missingPodLabels(workload),
      ...versionFaults(workload, project),
    ]),
    ...ofKind(rendering, 'Job').flatMap((job) => jobFaults(job, project)),
  ];
}

function missingLabels(object: KubernetesObject): Fault[] {
  const wanted = IN_FULL.includes(object.kind ?? '') ? RECOMMENDED : OF_EVERYTHING;
  return missingFrom(object.metadata?.labels, wanted).map((names) =>
    faultIn(object, `lacks the label ${names}: add it`),
  );
}

function missingPodLabels({ object, labels: found }: Workload): Fault[] {
  return missingFrom(found, RECOMMENDED).map((names) =>
    faultIn(object, `its pods lack the label ${names}: add it to the template`),
  );
}

/** All of them in one word, for they are mostly missing together. */
function missingFrom(found: Labels = {}, wanted: string[]): string[] {
  const missing = wanted.filter((label) => !found[`${PREFIX}${label}`]);
  if (missing.length === 0) return [];
  return [`${PREFIX}${missing.length === 1 ? missing.join() : `{${missing.join(',')}}`}`];
}

function placeFaults(object: KubernetesObject): Fault[] {
  const { kind = '', metadata: { namespace, name } = {} } = object;
  return faultsIn(object, [
    [kind === 'Namespace' && name !== NAMESPACE, `is a second namespace: all is in ${NAMESPACE}`],
    [
      !WITHOUT_NAMESPACE.test(kind) && namespace !== NAMESPACE,
      `lies in namespace ${namespace ?? 'default'}: set namespace: ${NAMESPACE}`,
    ],
  ]);
}

/** The label says what runs: our version, or the tag of somebody else's image. */
function versionFaults(workload: Workload, project: Project): Fault[] {
  const [main] = mainContainersOf(workload);
  const image = main?.container.image ?? '';
  const tag = /:([^:/@]+)(@|$)/.exec(image)?.[1];
  const expected = ownImage(project, image) === undefined ? tag : project.version;
  return [workload.object.metadata?.labels ?? {}, workload.labels]
    .map((found) => found[`${PREFIX}version`])
    .filter((said) => said !== undefined && said !== expected)
    .map((said) =>
      faultIn(workload.object, `is labelled version ${said ?? ''}, but runs ${expected ?? image}`),
    );
}

/** The template of a Job cannot be changed: an upgrade needs another one. */
function jobFaults(job: KubernetesObject, { version }: Project): Fault[] {
  const ending = `-${version.replaceAll(/[^a-z0-9]+/gi, '-')}`;
  return faultsIn(job, [
    [!nameOf(job).endsWith(ending), `an upgrade could not replace it: let its name end in ${ending}`],
  ]);
}
