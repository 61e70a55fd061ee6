import { join } from 'node:path';
import type { DatabaseServer } from './database-server.ts';
import type { Login, Secrets, ServiceKeys } from './secrets.ts';
import type { ProcessPlan } from './supervised-process.ts';

export const serviceNames = ['auth-service', 'product-service', 'order-service'] as const;
export type ServiceName = (typeof serviceNames)[number];
export type Settings = Record<string, string>;

export function byService<T>(make: (service: ServiceName) => T): Record<ServiceName, T> {
  return {
    'auth-service': make('auth-service'),
    'product-service': make('product-service'),
    'order-service': make('order-service'),
  };
}

export interface ReplicaPorts {
  public: number;
  internal: number;
  ops: number;
}

export type PortsByService = Record<ServiceName, ReplicaPorts[]>;

export interface ServiceSurroundings {
  database: Pick<DatabaseServer, 'host' | 'port'>;
  ports: PortsByService;
  secrets: Secrets;
  keys: ServiceKeys;
  admin: Login;
  dataPath: string;
  overrides: Partial<Record<ServiceName, Settings>>;
}

const root = join(import.meta.dirname, '../..');

const databases: Record<ServiceName, { name: string; user: string; migrator: string }> = {
  'auth-service': { name: 'authDB', user: 'auth_service', migrator: 'auth_migrator' },
  'product-service': { name: 'productsDB', user: 'product_service', migrator: 'product_migrator' },
  'order-service': { name: 'ordersDB', user: 'order_service', migrator: 'order_migrator' },
};

// What a developer may want to try without editing a file; everything else is the starter's to decide.
const passedOn = [
  'PATH',
  'HOME',
  'LANG',
  'TZ',
  'TMPDIR',
  'LOG_LEVEL',
  'PAYMENT_WINDOW_MINUTES',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
];

function surroundingSettings(): Settings {
  const entries = passedOn.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The same listener of every replica: locally no balancer stands between the services. */
function everyReplica(replicas: ReplicaPorts[], listener: keyof ReplicaPorts, path = ''): string {
  return replicas.map((ports) => `http://127.0.0.1:${ports[listener]}${path}`).join(',');
}

function ownSettings(service: ServiceName, { admin, ports }: ServiceSurroundings): Settings {
  const keySetPath = '/api/v1/auth/.well-known/jwks.json';
  const JWKS_URL = everyReplica(ports['auth-service'], 'public', keySetPath);
  const perService: Record<ServiceName, Settings> = {
    'auth-service': { BCRYPT_COST: '12', ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password },
    'product-service': { JWKS_URL },
    'order-service': {
      JWKS_URL,
      PRODUCT_SERVICE_URL: everyReplica(ports['product-service'], 'internal'),
    },
  };
  return perService[service];
}

function commonSettings(service: ServiceName, ports: ReplicaPorts, around: ServiceSurroundings): Settings {
  const { name, user, migrator } = databases[service];
  return {
    NODE_ENV: 'development',
    OTEL_SERVICE_NAME: service,
    // Spares the second start most of the time spent on reading sources.
    NODE_COMPILE_CACHE: join(around.dataPath, 'compile-cache'),
    HOST: '127.0.0.1',
    PORT: String(ports.public),
    INTERNAL_PORT: String(ports.internal),
    OPS_PORT: String(ports.ops),
    LOG_LEVEL: 'info',
    DB_HOST: around.database.host,
    DB_PORT: String(around.database.port),
    DB_NAME: name,
    DB_USER: user,
    DB_PASSWORD: around.secrets.passwordFor(user),
    DB_MIGRATION_USER: migrator,
    DB_MIGRATION_PASSWORD: around.secrets.passwordFor(migrator),
    DB_POOL_SIZE: '10',
    JWT_ISSUER: 'tradepost',
    JWT_AUDIENCE: 'tradepost',
    SERVICE_KEY_FILE: around.keys.privateKeyFile(service),
    SERVICE_PUBLIC_KEYS_FILE: around.keys.publicKeysFile,
  };
}

/** How to run each replica of a service: its program and every setting it is given. */
export function planService(service: ServiceName, around: ServiceSurroundings): ProcessPlan[] {
  return around.ports[service].map((ports, index) => ({
    name: service,
    number: index + 1,
    command: process.execPath,
    arguments: ['--import', './tracing/src/main.ts', join(service, 'src/main.ts')],
    environment: {
      ...commonSettings(service, ports, around),
      ...ownSettings(service, around),
      ...surroundingSettings(),
      ...around.overrides[service],
    },
    directory: root,
    stopSignal: 'SIGTERM',
    // Two seconds more than a service takes at most to end its last requests.
    graceMs: 12_000,
  }));
}
