import { ofKind, type Rendering } from './objects.ts';
import type { PodSpec, SecurityContext } from './pods.ts';
import { profileFaultsOf, SECCOMP } from './profile-of-one.ts';
import { faultIn, faultsIn, type Fault } from './rule.ts';
import { containersOf, templateOf, workloadsOf, type Workload } from './workloads.ts';

const LEVELS = ['enforce', 'warn', 'audit'];
const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const SAFE_SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
];

/**
 * Every pod keeps the profile `restricted`, and the namespace holds it to that.
 * See https://kubernetes.io/docs/concepts/security/pod-security-standards/, "Baseline" and "Restricted".
 */
export function podSecurity(rendering: Rendering): Fault[] {
  return [
    ...namespaceFaults(rendering),
    ...workloadsOf(rendering).flatMap((workload) => [
      ...podFaults(workload),
      ...containersOf(workload).flatMap(profileFaultsOf),
    ]),
  ];
}

function namespaceFaults(rendering: Rendering): Fault[] {
  const namespaces = ofKind(rendering, 'Namespace');
  if (namespaces.length === 0) {
    return [{ subject: 'Namespace', message: 'there is none, so nothing enforces Pod Security: render it' }];
  }
  return namespaces.flatMap((object) =>
    LEVELS.map((level) => `pod-security.kubernetes.io/${level}`)
      .filter((label) => object.metadata?.labels?.[label] !== 'restricted')
      .map((label) => faultIn(object, `label it ${label}: restricted`)),
  );
}

function podFaults({ object, pod }: Workload): Fault[] {
  const context = pod.securityContext ?? {};
  return [
    ...faultsIn(object, [
      ...sharingWithHost(pod),
      [context.runAsUser === 0, 'runs as root: set another runAsUser'],
      [
        !SECCOMP.has(context.seccompProfile?.type ?? 'RuntimeDefault'),
        'seccompProfile of the pod: RuntimeDefault',
      ],
      ...unsafeSettings(context),
    ]),
    ...annotationFaults(object),
    ...volumeTypes(pod).map(([name, type]) =>
      faultIn(object, `volume ${name} is of type ${type}, which restricted forbids: use another`),
    ),
  ];
}

function sharingWithHost({ hostNetwork, hostPID, hostIPC }: PodSpec): [boolean, string][] {
  return [
    [hostNetwork === true, 'shares the network of its node: take hostNetwork away'],
    [hostPID === true, 'sees the processes of its node: take hostPID away'],
    [hostIPC === true, 'shares the memory of its node: take hostIPC away'],
  ];
}

function unsafeSettings({ sysctls = [], windowsOptions }: SecurityContext): [boolean, string][] {
  return [
    [windowsOptions?.hostProcess === true, 'is a process of its node: take hostProcess away'],
    ...sysctls.map(({ name = '' }): [boolean, string] => [
      !SAFE_SYSCTLS.includes(name),
      `sysctl ${name} is not a safe one: take it away`,
    ]),
  ];
}

/** AppArmor as it was written before Kubernetes 1.30. */
function annotationFaults(object: Workload['object']): Fault[] {
  return Object.entries(templateOf(object).metadata?.annotations ?? {})
    .filter(([key]) => key.startsWith('container.apparmor.security.beta.kubernetes.io/'))
    .filter(([, value]) => !/^(|runtime[/]default|localhost[/].*)$/.test(value))
    .map(([key]) => faultIn(object, `${key} switches AppArmor off: take it away`));
}

function volumeTypes({ volumes = [] }: PodSpec): [string, string][] {
  return volumes.flatMap((volume) =>
    Object.keys(volume)
      .filter((type) => type !== 'name' && !VOLUMES.includes(type))
      .map((type): [string, string] => [volume.name ?? '', type]),
  );
}
