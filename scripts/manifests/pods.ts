import type { Labels } from './selectors.ts';

/** What is rendered is read without being believed: any value may be missing. */
export interface Metadata {
  name?: string;
  namespace?: string;
  labels?: Labels;
  annotations?: Labels;
}

export interface Port {
  name?: string;
  port?: number;
  targetPort?: number | string;
  containerPort?: number;
  hostPort?: number;
  nodePort?: number;
  protocol?: string;
}

export interface EnvironmentVariable {
  name?: string;
  value?: string;
  valueFrom?: { configMapKeyRef?: KeyReference; secretKeyRef?: KeyReference };
}

export interface KeyReference {
  name?: string;
  key?: string;
}

export interface Probe {
  httpGet?: { path?: string; port?: number | string; host?: string };
  tcpSocket?: { host?: string };
}

export interface SecurityContext {
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  readOnlyRootFilesystem?: boolean;
  runAsNonRoot?: boolean;
  runAsUser?: number;
  procMount?: string;
  capabilities?: { add?: string[]; drop?: string[] };
  seccompProfile?: { type?: string };
  appArmorProfile?: { type?: string };
  seLinuxOptions?: { type?: string; user?: string; role?: string };
  windowsOptions?: { hostProcess?: boolean };
  sysctls?: { name?: string }[];
}

export interface Container {
  name?: string;
  image?: string;
  command?: string[];
  env?: EnvironmentVariable[];
  envFrom?: { configMapRef?: KeyReference; secretRef?: KeyReference }[];
  ports?: Port[];
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  lifecycle?: { preStop?: Probe & { sleep?: { seconds?: number } }; postStart?: Probe };
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  securityContext?: SecurityContext;
  volumeMounts?: { name?: string; mountPath?: string }[];
}

interface Source {
  name?: string;
  secretName?: string;
  items?: { key?: string }[];
}

export interface Volume {
  name?: string;
  configMap?: Source;
  secret?: Source;
  projected?: { sources?: { configMap?: Source; secret?: Source }[] };
  emptyDir?: { sizeLimit?: string };
}

export interface PodSpec {
  containers?: Container[];
  initContainers?: Container[];
  ephemeralContainers?: Container[];
  volumes?: Volume[];
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  securityContext?: SecurityContext;
  terminationGracePeriodSeconds?: number;
  topologySpreadConstraints?: {
    topologyKey?: string;
    labelSelector?: { matchLabels?: Record<string, string> };
  }[];
}

export interface PodTemplate {
  metadata?: Metadata;
  spec?: PodSpec;
}
