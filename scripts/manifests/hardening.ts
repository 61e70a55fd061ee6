import { ofKind, type Rendering } from './objects.ts';
import { ownImage, type Project } from './project.ts';
import { faultIn, faultsIn, type Fault } from './rule.ts';
import { containersOf, mainContainersOf, workloadsOf, type Place, type Workload } from './workloads.ts';

const OUR_USER = 10_001;
/** The one that talks to the API server. */
const HOLDS_TOKEN = 'provision';

/** What we demand of a pod beyond the profile `restricted`. */
export function hardening(rendering: Rendering, project: Project): Fault[] {
  const workloads = workloadsOf(rendering);
  return [
    ...workloads.flatMap((workload) => [
      ...podFaults(workload),
      ...containersOf(workload).flatMap((place) => containerFaults(place, project)),
      ...accountFaults(workload, rendering),
    ]),
    ...sharedAccounts(workloads),
    ...ofKind(rendering, 'ServiceAccount')
      .filter(({ automountServiceAccountToken: mounts }) => mounts !== false)
      .map((object) => faultIn(object, 'hands out its token: set automountServiceAccountToken: false')),
  ];
}

function podFaults({ object, kind, pod }: Workload): Fault[] {
  const { volumes = [], automountServiceAccountToken: mounts, serviceAccountName: account } = pod;
  const temporary = volumes.filter(({ emptyDir }) => emptyDir).map(({ name }) => name);
  const isSized = (name?: string): boolean =>
    volumes.some((one) => one.name === name && one.emptyDir?.sizeLimit !== undefined);
  const hasTmp = (place: Place): boolean =>
    (place.container.volumeMounts ?? []).some(
      ({ name, mountPath }) => mountPath === '/tmp' && temporary.includes(name),
    );
  return faultsIn(object, [
    [
      mounts !== (account === HOLDS_TOKEN),
      account === HOLDS_TOKEN
        ? 'has no token to talk to the API server with: set automountServiceAccountToken: true'
        : 'holds a token of the API server: set automountServiceAccountToken: false',
    ],
    ...temporary.map((name): [boolean, string] => [
      !isSized(name),
      `emptyDir ${name ?? ''} may fill the disk of its node: set sizeLimit`,
    ]),
    [
      kind === 'Deployment' &&
        !mainContainersOf({ object, kind, pod, name: '', labels: {} }).every((place) => hasTmp(place)),
      'has nowhere to write: mount an emptyDir at /tmp',
    ],
  ]);
}

function containerFaults({ workload, container, called }: Place, project: Project): Fault[] {
  const { readOnlyRootFilesystem, runAsUser } = container.securityContext ?? {};
  const user = runAsUser ?? workload.pod.securityContext?.runAsUser;
  const isOurs = ownImage(project, container.image) !== undefined;
  return faultsIn(workload.object, [
    [readOnlyRootFilesystem !== true, `${called} can change its image: set readOnlyRootFilesystem: true`],
    [user === undefined, `${called} runs as whom its image likes: set runAsUser`],
    [
      isOurs && user !== undefined && user !== OUR_USER,
      `${called} runs as ${user ?? ''}: our images run as ${OUR_USER}`,
    ],
  ]);
}

function accountFaults({ object, pod }: Workload, rendering: Rendering): Fault[] {
  const { serviceAccountName: account = 'default' } = pod;
  const exists = ofKind(rendering, 'ServiceAccount').some(({ metadata }) => metadata?.name === account);
  return faultsIn(object, [
    [account === 'default', 'runs under the account default: give it a ServiceAccount of its own'],
    [account !== 'default' && !exists, `there is no ServiceAccount ${account}: render it`],
  ]);
}

/** A right that is given to one would be had by the other. */
function sharedAccounts(workloads: Workload[]): Fault[] {
  return workloads.flatMap(({ object, labels, pod: { serviceAccountName: account } }) =>
    workloads
      .filter((other) => account !== undefined && other.pod.serviceAccountName === account)
      .map((other) => other.labels['app.kubernetes.io/name'])
      .filter((other) => other !== labels['app.kubernetes.io/name'])
      .map((other) => faultIn(object, `shares the account ${account ?? ''} with ${other ?? 'another'}`)),
  );
}
