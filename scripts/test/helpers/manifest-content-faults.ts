import type { ManifestFault } from './plant-manifests.ts';

const auth = 'Deployment/auth-service';
const order = 'Deployment/order-service';
const mysql = 'StatefulSet/order-mysql';

const secret = (name: string, data: string): string => `apiVersion: v1
kind: Secret
metadata: { name: ${name}, namespace: tradepost }
${data}
`;

const ingress = (service: string, port: number): string => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: door, namespace: tradepost }
spec:
  rules: [{ http: { paths: [{ backend: { service: { name: ${service}, port: { number: ${port} } } } }] } }]
`;

const route = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: door, namespace: tradepost }
spec: { rules: [{ backendRefs: [{ name: order-service, port: 3000 }] }] }
`;

/** Faults in Services, databases, the payment provider and secrets. */
export const serviceFaults: ManifestFault[] = [
  {
    rule: 'services',
    object: 'Service/nginx',
    from: 'selector:\n    app.kubernetes.io/name: nginx',
    to: 'selector:\n    app.kubernetes.io/name: edge',
    says: 'Service/nginx  selects no pods',
  },
  {
    rule: 'services',
    object: 'Service/product-service',
    from: 'targetPort: internal',
    to: 'targetPort: inside',
    says: 'leads to port inside, which Deployment/product-service does not open',
  },
  {
    rule: 'services',
    object: 'Service/order-service',
    from: 'ipFamilyPolicy: PreferDualStack\n',
    to: '',
    says: 'is SingleStack, which a cluster of both families takes literally: make it PreferDualStack',
  },
  {
    rule: 'services',
    object: 'Service/nginx',
    from: 'type: NodePort',
    to: 'type: ClusterIP',
    says: 'is of type ClusterIP: make it NodePort',
  },
  {
    rule: 'services',
    object: 'Service/order-mysql',
    from: 'selector:',
    to: 'type: LoadBalancer\n  selector:',
    says: 'is of type LoadBalancer: make it ClusterIP',
  },
  {
    rule: 'services',
    object: 'Ingress/door',
    to: ingress('auth-service', 3000),
    says: 'Ingress/door  leads to auth-service, past the door',
  },
  {
    rule: 'services',
    object: 'Ingress/door',
    to: ingress('nginx', 8081),
    says: 'leads to port 8081, which nginx has not',
  },
  { rule: 'services', object: 'HTTPRoute/door', to: route, says: 'HTTPRoute/door  leads to order-service' },
  {
    rule: 'databases',
    place: 'production',
    says: 'production has managed databases',
  },
  {
    rule: 'databases',
    object: mysql,
    from: 'mountPath: /var/lib/mysql',
    to: 'mountPath: /data',
    says: 'StatefulSet/order-mysql  loses its data with its pod',
  },
  {
    rule: 'databases',
    object: order,
    from: 'order-service/src/migrate.ts',
    to: 'order-service/src/main.ts',
    says: 'add an init container that runs order-service/src/migrate.ts',
  },
  {
    rule: 'databases',
    object: order,
    from: 'name: SERVICE_KEY_FILE',
    to: 'name: DB_MIGRATION_USER',
    says: 'could change tables while it serves',
  },
  {
    rule: 'databases',
    object: 'ConfigMap/order-service',
    from: 'DB_HOST: order-mysql',
    to: 'DB_HOST: auth-mysql',
    says: 'looks for its database at "auth-mysql": it is the Service order-mysql',
  },
  {
    rule: 'databases',
    object: 'Deployment/order-worker',
    from: 'name: OTEL_SERVICE_NAME',
    to: 'name: DB_HOST',
    says: 'looks for its database at "order-worker": it is the Service order-mysql',
  },
  {
    rule: 'databases',
    object: 'Deployment/payment-simulator',
    from: 'payment-simulator/src/migrate.ts',
    to: 'payment-simulator/src/main.ts',
    says: 'add an init container that runs payment-simulator/src/migrate.ts',
  },
  {
    rule: 'databases',
    place: 'production',
    says: 'looks for its database at "order-mysql": name the managed server in DB_HOST',
  },
  {
    rule: 'payment-provider',
    object: 'ConfigMap/order-service',
    from: 'http://payment-simulator',
    to: 'http://payment',
    says: 'Deployment/order-worker  container service looks for the payment provider at "http://payment:3000"',
  },
  {
    rule: 'payment-provider',
    object: 'Service/payment-simulator',
    says: 'Deployment/order-service  container service looks for the payment provider at',
  },
  {
    rule: 'payment-provider',
    place: 'production',
    says: 'name the real one in PAYMENT_PROVIDER_URL, with https',
  },
  {
    rule: 'payment-provider',
    place: 'production',
    says: 'Deployment/payment-simulator  production has a real provider',
  },
  {
    rule: 'secret-values',
    object: 'Secret/tradepost',
    to: secret('tradepost', 'data: { root.password: aHVudGVyMjI= }'),
    says: 'Secret/tradepost  holds a value for root.password',
  },
  {
    rule: 'secret-values',
    object: 'Secret/copy',
    to: secret('copy-5b2gb7f6dh', 'stringData: { password: hunter22 }'),
    says: 'holds a value for password',
  },
  {
    rule: 'secret-values',
    object: auth,
    from: 'name: DB_PASSWORD_FILE\n              value: /run/tradepost/db-password',
    to: 'name: DB_PASSWORD\n              value: hunter22',
    says: 'gives DB_PASSWORD in clear',
  },
  {
    rule: 'secret-values',
    object: 'ConfigMap/auth-service',
    from: '  LOG_LEVEL: info',
    to: '  API_TOKEN: abc\n  LOG_LEVEL: info',
    says: 'gives API_TOKEN in clear',
  },
  {
    rule: 'secret-values',
    object: 'ConfigMap/auth-service',
    from: '  LOG_LEVEL: info',
    to: '  LOG_LEVEL: \'{"kty":"EC","d":"abc"}\'',
    says: 'data.LOG_LEVEL holds a private JWK',
  },
  {
    rule: 'secret-values',
    object: 'ConfigMap/auth-service',
    from: '  LOG_LEVEL: info',
    to: '  LOG_LEVEL: "-----BEGIN EC PRIVATE KEY-----"',
    says: 'holds a key or certificate in PEM',
  },
  {
    rule: 'secret-values',
    object: mysql,
    from: '- --mysqlx=OFF',
    to: '- --password=hunter22',
    says: 'says a password on a command line',
  },
  {
    rule: 'secret-values',
    object: 'ConfigMap/order-service',
    from: 'http://product-service',
    to: 'http://order:hunter22@product-service',
    says: 'holds a URL with a password',
  },
  {
    rule: 'secret-values',
    object: 'Secret/tradepost',
    to: secret('tradepost-5b2gb7f6dh', 'data: { name: YXV0aF9zZXJ2aWNl }'),
    place: 'production',
    says: 'repeats the value of name of Secret/tradepost-5b2gb7f6dh',
  },
];
