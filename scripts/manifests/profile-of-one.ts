import type { Container, Probe, SecurityContext } from './pods.ts';
import { faultsIn, type Fault } from './rule.ts';
import type { Place } from './workloads.ts';

export const SECCOMP = new Set(['RuntimeDefault', 'Localhost']);
const SELINUX = new Set(['container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);

/** What the profile `restricted` demands of a single container; some of it may be said once, at the pod. */
export function profileFaultsOf({ workload, container, called }: Place): Fault[] {
  const own = container.securityContext ?? {};
  const ofPod = workload.pod.securityContext ?? {};
  const cases = [
    ...rights(own),
    ...identity(own, ofPod),
    ...confinement(own, ofPod),
    ...wayToHost(own, container),
  ];
  return faultsIn(
    workload.object,
    cases.map(([isWrong, message]) => [isWrong, `${called} ${message}`]),
  );
}

function rights({
  privileged,
  allowPrivilegeEscalation,
  capabilities,
}: SecurityContext): [boolean, string][] {
  const { add = [], drop = [] } = capabilities ?? {};
  return [
    [privileged === true, 'is privileged: take that away'],
    [allowPrivilegeEscalation !== false, 'may gain rights: set allowPrivilegeEscalation: false'],
    [!drop.includes('ALL'), 'keeps capabilities: drop ALL'],
    [add.some((one) => one !== 'NET_BIND_SERVICE'), `adds capabilities ${add.join(', ')}: take them away`],
  ];
}

function identity(own: SecurityContext, ofPod: SecurityContext): [boolean, string][] {
  return [
    [(own.runAsNonRoot ?? ofPod.runAsNonRoot) !== true, 'may run as root: set runAsNonRoot: true'],
    [own.runAsUser === 0, 'runs as root: set another runAsUser'],
  ];
}

function confinement(own: SecurityContext, ofPod: SecurityContext): [boolean, string][] {
  const seccomp = (own.seccompProfile ?? ofPod.seccompProfile)?.type ?? '';
  return [
    [!SECCOMP.has(seccomp), 'may make any system call: set seccompProfile: { type: RuntimeDefault }'],
    [
      [own, ofPod].some(({ appArmorProfile }) => appArmorProfile?.type === 'Unconfined'),
      'switches AppArmor off: take that away',
    ],
    [[own, ofPod].some(hasSelinuxOfItsOwn), 'chooses its SELinux context: take seLinuxOptions away'],
    [![undefined, '', 'Default'].includes(own.procMount), 'sees all of /proc: take procMount away'],
  ];
}

function hasSelinuxOfItsOwn({ seLinuxOptions: { type, user, role } = {} }: SecurityContext): boolean {
  return Boolean(user) || Boolean(role) || (Boolean(type) && !SELINUX.has(type ?? ''));
}

function wayToHost(own: SecurityContext, container: Container): [boolean, string][] {
  const { ports = [], startupProbe, readinessProbe, livenessProbe, lifecycle } = container;
  const calls = [startupProbe, readinessProbe, livenessProbe, lifecycle?.preStop, lifecycle?.postStart];
  return [
    [own.windowsOptions?.hostProcess === true, 'is a process of its node: take hostProcess away'],
    [ports.some(({ hostPort }) => Boolean(hostPort)), 'takes a port of its node: take hostPort away'],
    [calls.some(callsHost), 'lets the node call any host: take host away from probes and hooks'],
  ];
}

function callsHost(call: Probe = {}): boolean {
  return Boolean(call.httpGet?.host) || Boolean(call.tcpSocket?.host);
}
