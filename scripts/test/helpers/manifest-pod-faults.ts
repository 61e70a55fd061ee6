import type { ManifestFault } from './plant-manifests.ts';

const nginx = 'Deployment/nginx';
const auth = 'Deployment/auth-service';
const mysql = 'StatefulSet/order-mysql';
const rotation = 'CronJob/rotate-passwords';
const account = 'serviceAccountName: nginx';

const daemon = `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: spy, namespace: tradepost }
spec:
  template:
    spec:
      initContainers: [{ name: first, securityContext: { privileged: true } }]
      containers: [{ name: second, securityContext: { procMount: Unmasked } }]
`;

const onHost = (piece: string): Pick<ManifestFault, 'rule' | 'object' | 'from' | 'to'> => ({
  rule: 'pod-security',
  object: nginx,
  from: `      ${account}`,
  to: `      ${account}\n      ${piece}`,
});

const inNginx = (piece: string): Pick<ManifestFault, 'rule' | 'object' | 'from' | 'to'> => ({
  rule: 'pod-security',
  object: nginx,
  from: '            allowPrivilegeEscalation: false',
  to: `            allowPrivilegeEscalation: false\n            ${piece}`,
});

/** Faults in what a pod may do to its node. */
export const confinementFaults: ManifestFault[] = [
  {
    rule: 'pod-security',
    object: 'Namespace/tradepost',
    from: 'enforce: restricted',
    to: 'enforce: baseline',
    says: 'label it pod-security.kubernetes.io/enforce: restricted',
  },
  {
    rule: 'pod-security',
    object: 'Namespace/tradepost',
    from: 'pod-security.kubernetes.io/audit: restricted',
    to: 'audited: restricted',
    says: 'label it pod-security.kubernetes.io/audit: restricted',
  },
  { rule: 'pod-security', object: 'Namespace/tradepost', says: 'there is none, so nothing enforces' },
  { ...onHost('hostNetwork: true'), says: 'Deployment/nginx  shares the network of its node' },
  { ...onHost('hostPID: true'), says: 'sees the processes of its node' },
  { ...onHost('hostIPC: true'), says: 'shares the memory of its node' },
  {
    rule: 'pod-security',
    object: mysql,
    from: 'emptyDir:\n',
    to: 'hostPath:\n',
    says: 'is of type hostPath, which restricted forbids',
  },
  {
    rule: 'pod-security',
    object: nginx,
    from: 'containerPort: 8080',
    to: 'containerPort: 8080\n              hostPort: 80',
    says: 'container nginx takes a port of its node',
  },
  {
    rule: 'pod-security',
    object: nginx,
    from: 'path: /livez',
    to: 'path: /livez\n              host: 169.254.169.254',
    says: 'lets the node call any host',
  },
  {
    rule: 'pod-security',
    object: rotation,
    from: 'allowPrivilegeEscalation: false',
    to: 'allowPrivilegeEscalation: true',
    says: 'CronJob/rotate-passwords  container provision may gain rights',
  },
  {
    rule: 'pod-security',
    object: 'Job/make-secrets-0-1-0',
    from: '- ALL',
    to: '- NET_RAW',
    says: 'container provision keeps capabilities: drop ALL',
  },
  { ...inNginx('runAsUser: 0'), says: 'container nginx runs as root' },
  { ...inNginx('runAsNonRoot: false'), says: 'container nginx may run as root' },
  { ...inNginx('privileged: true'), says: 'container nginx is privileged' },
  { ...inNginx('seccompProfile: { type: Unconfined }'), says: 'container nginx may make any system call' },
  { ...inNginx('seLinuxOptions: { type: spc_t }'), says: 'container nginx chooses its SELinux context' },
  { ...inNginx('appArmorProfile: { type: Unconfined }'), says: 'container nginx switches AppArmor off' },
  {
    rule: 'pod-security',
    object: nginx,
    from: 'drop:\n',
    to: 'add: [SYS_ADMIN]\n              drop:\n',
    says: 'adds capabilities SYS_ADMIN',
  },
  {
    rule: 'pod-security',
    object: auth,
    from: 'runAsNonRoot: true',
    to: 'sysctls: [{ name: kernel.msgmax, value: "1" }]',
    says: 'sysctl kernel.msgmax is not a safe one',
  },
  {
    rule: 'pod-security',
    object: auth,
    from: 'runAsNonRoot: true',
    to: 'supplementalGroups: []',
    says: 'init container migrate may run as root: set runAsNonRoot',
  },
  {
    rule: 'pod-security',
    object: nginx,
    from: '  template:\n    metadata:\n',
    to: '  template:\n    metadata:\n      annotations: { container.apparmor.security.beta.kubernetes.io/nginx: unconfined }\n',
    says: 'switches AppArmor off',
  },
  {
    rule: 'pod-security',
    object: 'DaemonSet/spy',
    to: daemon,
    says: 'DaemonSet/spy  init container first is privileged',
  },
  { rule: 'pod-security', object: 'DaemonSet/spy', to: daemon, says: 'container second sees all of /proc' },
  {
    rule: 'hardening',
    object: mysql,
    from: 'readOnlyRootFilesystem: true',
    to: 'readOnlyRootFilesystem: false',
    says: 'container mysql can change its image',
  },
  {
    rule: 'hardening',
    object: nginx,
    from: 'automountServiceAccountToken: false',
    to: 'automountServiceAccountToken: true',
    says: 'Deployment/nginx  holds a token',
  },
  {
    rule: 'hardening',
    object: rotation,
    from: 'automountServiceAccountToken: true',
    to: 'automountServiceAccountToken: false',
    says: 'has no token to talk to the API server with',
  },
  {
    rule: 'hardening',
    object: 'ServiceAccount/nginx',
    from: 'automountServiceAccountToken: false\n',
    to: '',
    says: 'ServiceAccount/nginx  hands out its token',
  },
  {
    rule: 'hardening',
    object: nginx,
    from: 'sizeLimit: 192Mi',
    to: 'medium: Memory',
    says: 'emptyDir tmp may fill the disk',
  },
  {
    rule: 'hardening',
    object: nginx,
    from: 'mountPath: /tmp',
    to: 'mountPath: /var',
    says: 'has nowhere to write: mount an emptyDir at /tmp',
  },
  {
    rule: 'hardening',
    object: auth,
    from: 'runAsUser: 10001',
    to: 'runAsUser: 1000',
    says: 'runs as 1000: our images run as 10001',
  },
  {
    rule: 'hardening',
    object: mysql,
    from: '        runAsUser: 999\n',
    to: '',
    says: 'runs as whom its image likes',
  },
  {
    rule: 'hardening',
    object: nginx,
    from: account,
    to: 'serviceAccountName: default',
    says: 'runs under the account default',
  },
  {
    rule: 'hardening',
    object: nginx,
    from: account,
    to: 'serviceAccountName: edge',
    says: 'there is no ServiceAccount edge',
  },
  {
    rule: 'hardening',
    object: nginx,
    from: account,
    to: 'serviceAccountName: auth-service',
    says: 'shares the account auth-service with auth-service',
  },
];
