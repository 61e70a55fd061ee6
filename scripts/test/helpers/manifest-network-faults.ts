import type { ManifestFault } from './plant-manifests.ts';

const denial = 'NetworkPolicy/default-deny';

const policy = (name: string, spec: string): string => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: tradepost }
spec: ${spec}
`;

/** Faults in who may talk to whom. */
export const networkFaults: ManifestFault[] = [
  { rule: 'connections', object: denial, says: 'unlabelled-pod -> internet  is open on TCP any, UDP any' },
  { rule: 'connections', object: denial, says: 'internet -> unlabelled-pod  is open on TCP any' },
  {
    rule: 'connections',
    object: denial,
    from: '- Egress',
    to: '- Ingress',
    says: 'unlabelled-pod -> nginx  is open on TCP 8080',
  },
  {
    rule: 'connections',
    object: 'NetworkPolicy/cluster-dns',
    from: 'matchLabels:\n      app.kubernetes.io/part-of: tradepost',
    to: 'matchExpressions: []',
    says: 'unlabelled-pod -> kube-dns  is open on TCP 53, UDP 53',
  },
  {
    rule: 'connections',
    object: 'NetworkPolicy/cluster-dns',
    says: 'order-service -> kube-dns  is closed on UDP 53, TCP 53',
  },
  {
    rule: 'connections',
    object: 'NetworkPolicy/auth-service',
    from: '- nginx',
    to: '- nobody',
    says: 'nginx -> auth-service  is closed on TCP 3000: let it out',
  },
  {
    rule: 'connections',
    object: 'NetworkPolicy/more',
    to: policy(
      'more',
      '{ podSelector: { matchLabels: { app.kubernetes.io/name: nginx } }, policyTypes: [Egress], egress: [{ to: [{ podSelector: {} }] }] }',
    ),
    says: 'nginx -> nginx  is open on TCP 8080',
  },
  {
    rule: 'connections',
    object: 'NetworkPolicy/product-service',
    from: '- order-service',
    to: '- nobody',
    says: 'order-service -> product-service  is closed on TCP 3100',
  },
  {
    rule: 'connections',
    object: 'NetworkPolicy/payment-simulator',
    from: '- order-worker',
    to: '- nginx',
    says: 'order-worker -> payment-simulator  is closed on TCP 3000',
  },
  {
    rule: 'connections',
    object: 'NetworkPolicy/nginx',
    from: 'port: 3000',
    to: 'port: 3100',
    says: 'nginx -> order-service  is closed on TCP 3000',
  },
  {
    rule: 'connections',
    object: 'NetworkPolicy/more',
    to: policy(
      'more',
      '{ podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{ from: [{ podSelector: {} }], ports: [{ port: ops }] }], egress: [{ to: [{ podSelector: {} }], ports: [{ port: 9000, endPort: 9200 }] }] }',
    ),
    says: 'nginx -> order-service  is open on TCP 9100',
  },
  {
    rule: 'connections',
    object: 'NetworkPolicy/more',
    to: policy(
      'more',
      '{ podSelector: { matchExpressions: [{ key: app.kubernetes.io/component, operator: In, values: [database] }] }, ingress: [{ from: [{ podSelector: { matchExpressions: [{ key: app.kubernetes.io/component, operator: NotIn, values: [door] }] } }] }] }',
    ),
    says: 'provision -> auth-mysql  is open on TCP 443',
  },
  {
    rule: 'connections',
    object: 'NetworkPolicy/more',
    to: policy(
      'more',
      '{ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 0.0.0.0/0, except: [10.0.0.0/8] } }], ports: [{ port: 3306 }] }] }',
    ),
    says: 'internet -> order-mysql  is open on TCP 3306',
  },
  {
    rule: 'connections',
    object: 'NetworkPolicy/more',
    to: policy(
      'more',
      '{ podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchExpressions: [{ key: kubernetes.io/metadata.name, operator: Exists }] } }], ports: [{ port: 9100 }] }] }',
    ),
    says: 'foreign-pod -> auth-service  is open on TCP 9100',
  },
  {
    rule: 'connections',
    object: 'NetworkPolicy/more',
    to: policy(
      'more',
      '{ podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 10.0.0.0/8 } }], ports: [{ port: 3306 }] }] }',
    ),
    says: 'nginx -> managed-databases  is open on TCP 3306',
  },
  {
    rule: 'connections',
    object: 'NetworkPolicy/order-worker',
    from: '2000::/3',
    to: '::/0',
    says: 'order-worker -> inside-ipv6  is open on TCP 443',
  },
  {
    rule: 'connections',
    object: 'NetworkPolicy/order-worker',
    from: '- 64:ff9b::a00:0/104\n',
    to: '- 64:ff9b::a00:0/128\n',
    says: 'order-worker -> inside-nat64  is open on TCP 443',
  },
  {
    rule: 'connections',
    place: 'production',
    says: 'auth-service -> managed-databases  is closed on TCP 3306',
  },
];
