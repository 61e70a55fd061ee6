import type { ManifestFault } from './plant-manifests.ts';

const nginx = 'Deployment/nginx';
const auth = 'Deployment/auth-service';
const order = 'Deployment/order-service';
const rotation = 'CronJob/rotate-passwords';

const autoscaler = (version: string, minReplicas: number, target: string): string => `apiVersion: ${version}
kind: HorizontalPodAutoscaler
metadata: { name: nginx, namespace: tradepost }
spec:
  minReplicas: ${minReplicas}
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${target} }
`;

const secondBudget = `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: all, namespace: tradepost }
spec: { maxUnavailable: 1, selector: {} }
`;

/** Faults in how pods roll, are spread, are asked, and end. */
export const rollFaults: ManifestFault[] = [
  {
    rule: 'rollout-plan',
    object: nginx,
    from: 'replicas: 2',
    to: 'replicas: 1',
    says: 'Deployment/nginx  set replicas: 2',
  },
  {
    rule: 'rollout-plan',
    object: 'Deployment/order-worker',
    from: 'replicas: 2',
    to: 'replicas: 1',
    says: 'Deployment/order-worker  set replicas: 2',
  },
  {
    rule: 'rollout-plan',
    object: 'Deployment/payment-simulator',
    from: 'replicas: 1',
    to: 'replicas: 2',
    says: 'Deployment/payment-simulator  set replicas: 1',
  },
  {
    rule: 'rollout-plan',
    object: nginx,
    from: 'maxUnavailable: 0',
    to: 'maxUnavailable: 1',
    says: 'set maxUnavailable: 0',
  },
  { rule: 'rollout-plan', object: nginx, from: 'maxSurge: 1', to: 'maxSurge: 2', says: 'set maxSurge: 1' },
  {
    rule: 'rollout-plan',
    object: nginx,
    from: 'type: RollingUpdate',
    to: 'type: Recreate',
    says: 'stops all to start all',
  },
  {
    rule: 'rollout-plan',
    object: nginx,
    from: 'minReadySeconds: 5',
    to: 'minReadySeconds: 0',
    says: 'set minReadySeconds: 5',
  },
  {
    rule: 'rollout-plan',
    object: 'PodDisruptionBudget/order-service',
    from: 'matchLabels:\n      app.kubernetes.io/name: order-service',
    to: 'matchLabels:\n      app.kubernetes.io/name: orders',
    says: 'Deployment/order-service  no PodDisruptionBudget selects its pods',
  },
  {
    rule: 'rollout-plan',
    object: 'PodDisruptionBudget/order-service',
    from: 'maxUnavailable: 1',
    to: 'maxUnavailable: 0',
    says: 'PodDisruptionBudget/order-service  set maxUnavailable: 1',
  },
  {
    rule: 'rollout-plan',
    object: 'PodDisruptionBudget/all',
    to: secondBudget,
    says: 'no pod can be evicted under nginx and all',
  },
  {
    rule: 'rollout-plan',
    object: auth,
    from: 'topologyKey: topology.kubernetes.io/zone',
    to: 'topologyKey: kubernetes.io/os',
    says: 'spread them over topology.kubernetes.io/zone',
  },
  {
    rule: 'rollout-plan',
    object: auth,
    from: 'app.kubernetes.io/name: auth-service\n          maxSkew: 1\n          topologyKey: kubernetes.io/hostname',
    to: 'app.kubernetes.io/name: auth\n          maxSkew: 1\n          topologyKey: kubernetes.io/hostname',
    says: 'spread them over kubernetes.io/hostname',
  },
  {
    rule: 'rollout-plan',
    object: 'HorizontalPodAutoscaler/nginx',
    to: autoscaler('autoscaling/v2', 2, 'nginx'),
    says: 'Deployment/nginx  every apply would undo its autoscaler',
  },
  {
    rule: 'rollout-plan',
    object: 'HorizontalPodAutoscaler/nginx',
    to: autoscaler('autoscaling/v2', 2, 'nginx'),
    says: 'leave autoscaling to production',
  },
  {
    rule: 'rollout-plan',
    object: 'HorizontalPodAutoscaler/nginx',
    to: autoscaler('autoscaling/v1', 1, 'edge'),
    says: 'write apiVersion: autoscaling/v2',
  },
  {
    rule: 'rollout-plan',
    object: 'HorizontalPodAutoscaler/nginx',
    to: autoscaler('autoscaling/v2', 1, 'edge'),
    says: 'scales Deployment/edge, which is not there',
  },
  {
    rule: 'rollout-plan',
    object: nginx,
    from: 'replicas: 2\n',
    to: '',
    place: 'production',
    says: 'has no HorizontalPodAutoscaler: production scales by load',
  },
  {
    rule: 'lifecycle',
    object: auth,
    from: 'path: /readyz',
    to: 'path: /livez',
    says: 'container service answers two probes on one path',
  },
  {
    rule: 'lifecycle',
    object: nginx,
    from: 'startupProbe:',
    to: 'x:',
    says: 'container nginx has no startupProbe',
  },
  {
    rule: 'lifecycle',
    object: order,
    from: 'preStop:',
    to: 'postStart:',
    says: 'ends while requests still come',
  },
  {
    rule: 'lifecycle',
    object: order,
    from: 'terminationGracePeriodSeconds: 30',
    to: 'terminationGracePeriodSeconds: 15',
    says: 'container service needs 15.5 s to end and is killed after 15',
  },
  {
    rule: 'lifecycle',
    object: 'ConfigMap/order-service',
    from: '  LOG_LEVEL: info',
    to: '  DRAIN_MS: "16000"\n  LOG_LEVEL: info',
    says: 'Deployment/order-service  container service needs 31 s',
  },
  {
    rule: 'resources',
    object: rotation,
    from: 'cpu: 50m',
    to: 'hugepages-2Mi: 0',
    says: 'asks for no processor',
  },
  {
    rule: 'resources',
    object: nginx,
    from: 'memory: 128Mi',
    to: 'cpu: 1',
    says: 'may take all memory of its node',
  },
  { rule: 'resources', object: nginx, from: 'memory: 32Mi', to: 'storage: 1', says: 'asks for no memory' },
  {
    rule: 'resources',
    object: auth,
    from: 'value: --max-old-space-size=192',
    to: 'value: --max-old-space-size=250',
    says: 'container service has a heap of 98 % of its memory limit: set --max-old-space-size=192',
  },
  {
    rule: 'resources',
    object: rotation,
    from: 'value: --max-old-space-size=96',
    to: 'value: --enable-source-maps',
    says: 'knows nothing of its limit: set NODE_OPTIONS --max-old-space-size=96',
  },
];
