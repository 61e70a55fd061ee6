import type { ManifestFault } from './plant-manifests.ts';

const nginx = 'Deployment/nginx';
const auth = 'Deployment/auth-service';
const mysql = 'StatefulSet/order-mysql';
const label = 'app.kubernetes.io/';

/** Faults in labels, images and what a pod is configured by. */
export const nameFaults: ManifestFault[] = [
  {
    rule: 'labels',
    object: nginx,
    from: `    ${label}component: door\n`,
    to: '',
    says: `Deployment/nginx  lacks the label ${label}component`,
  },
  {
    rule: 'labels',
    object: nginx,
    from: `        ${label}managed-by: kustomize\n`,
    to: '',
    says: `its pods lack the label ${label}managed-by`,
  },
  {
    rule: 'labels',
    object: 'Service/nginx',
    from: `    ${label}name: nginx\n`,
    to: '',
    says: 'Service/nginx  lacks',
  },
  {
    rule: 'labels',
    object: 'ServiceAccount/nginx',
    from: `    ${label}part-of: tradepost\n`,
    to: '',
    says: `ServiceAccount/nginx  lacks the label ${label}part-of`,
  },
  {
    rule: 'labels',
    object: mysql,
    from: 'image: mysql:9.7',
    to: 'image: mysql:10.0',
    says: 'is labelled version 9.7, but runs 10.0',
  },
  {
    rule: 'labels',
    facts: { version: '9.9.9' },
    says: `is labelled version 0.1.0, but runs 9.9.9`,
  },
  {
    rule: 'labels',
    object: 'Job/make-secrets-0-1-0',
    from: 'name: make-secrets-0-1-0',
    to: 'name: make-secrets',
    says: 'let its name end in -0-1-0',
  },
  {
    rule: 'labels',
    object: 'Service/nginx',
    from: '  namespace: tradepost\n',
    to: '',
    says: 'lies in namespace default',
  },
  {
    rule: 'images',
    object: nginx,
    from: 'nginx:0.1.0',
    to: 'nginx:latest',
    says: 'which changes by itself: write an exact tag',
  },
  {
    rule: 'images',
    object: nginx,
    from: 'tradepost/nginx:0.1.0',
    to: 'localhost:5000/tradepost/nginx',
    says: 'runs localhost:5000/tradepost/nginx, which changes by itself',
  },
  {
    rule: 'images',
    object: nginx,
    from: 'nginx:0.1.0',
    to: 'nginx:0.0.9',
    says: 'package.json says 0.1.0',
  },
  {
    rule: 'images',
    object: nginx,
    from: 'image: tradepost/',
    to: 'image: example.com/tradepost/',
    says: 'npm run images makes tradepost/nginx',
  },
  {
    rule: 'images',
    object: nginx,
    from: 'tradepost/nginx:0.1.0',
    to: 'nginx:1.30',
    says: 'Deployment/nginx  is not there, or runs something else than tradepost/nginx',
  },
  {
    rule: 'images',
    object: 'Deployment/order-worker',
    says: 'Deployment/order-worker  is not there, or runs something else than tradepost/order-service',
  },
  {
    rule: 'images',
    object: mysql,
    from: 'mysql:9.7',
    to: 'mysql:8.4',
    says: 'runs mysql:8.4, docker-compose.yml mysql:9.7',
  },
  {
    rule: 'images',
    facts: { baseImages: [{ file: 'nginx/Dockerfile', image: 'node:$TAG' }] },
    says: 'nginx/Dockerfile  FROM node:$TAG: write a literal tag',
  },
  {
    rule: 'references',
    object: auth,
    from: 'key: auth_service.password',
    to: 'key: auth_servce.password',
    says: 'takes auth_servce.password from the Secret tradepost, which has no such key',
  },
  {
    rule: 'references',
    object: auth,
    from: 'secretName: tradepost',
    to: 'secretName: passwords',
    says: 'refers to the Secret passwords: the local cluster makes tradepost only',
  },
  {
    rule: 'references',
    place: 'production',
    says: 'refers to the Secret tradepost, whose changes would not roll out: make it with secretGenerator',
  },
  {
    rule: 'references',
    object: nginx,
    from: 'envFrom:\n            - configMapRef:\n                name: nginx-',
    to: 'envFrom:\n            - configMapRef:\n                name: settings # ',
    says: 'refers to the ConfigMap settings, whose changes would not roll out: make it with configMapGenerator',
  },
  {
    rule: 'references',
    object: 'ConfigMap/nginx',
    says: 'Deployment/nginx  refers to the ConfigMap nginx-',
  },
  {
    rule: 'setting-names',
    object: 'ConfigMap/auth-service',
    from: '  LOG_LEVEL:',
    to: '  LOGLEVEL:',
    says: 'is given LOGLEVEL (ConfigMap auth-service-',
  },
  {
    rule: 'setting-names',
    object: auth,
    from: 'name: SERVICE_KEY_FILE',
    to: 'name: SERVICE_KEYS_FILE',
    says: 'container service is given SERVICE_KEYS_FILE, which .env.example does not know',
  },
  {
    rule: 'setting-names',
    object: 'ConfigMap/nginx',
    from: '  REQUESTS_PER_SECOND:',
    to: '  RATE:',
    says: 'which nginx/entrypoint.sh does not know',
  },
];
