import { join } from 'node:path';
import type { DatabaseServer } from './database-server.ts';
import { localUrl, loopback } from './loopback.ts';
import type { Link, PortsByProcess, ProcessName, ReplicaPorts, Settings } from './processes.ts';
import { programs } from './programs.ts';
import type { Login, Secrets, ServiceKeys } from './secrets.ts';

export interface ServiceSurroundings {
  database: Pick<DatabaseServer, 'host' | 'port'>;
  ports: PortsByProcess;
  secrets: Secrets;
  keys: ServiceKeys;
  admin: Login;
  dataPath: string;
  /** What differs from the usual settings, for one replica. */
  overridesFor: (name: ProcessName, number: number) => Settings;
  /** The port through which a process calls another; the listener's own, unless a test puts something between. */
  portOf: (link: Link) => number;
}

// What a developer may want to try without editing a file; everything else is the starter's to decide.
const passedOn = [
  'PATH',
  'HOME',
  'LANG',
  'TZ',
  'TMPDIR',
  'NODE_COMPILE_CACHE',
  'LOG_LEVEL',
  'PAYMENT_WINDOW_MINUTES',
  'EVENT_SINKS',
  'KAFKA_BROKERS',
  'WEBHOOK_TRUSTED_HOSTS',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
];

function surroundingSettings(): Settings {
  const entries = passedOn.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

interface Address {
  from: ProcessName;
  to: ProcessName;
  listener: Exclude<keyof ReplicaPorts, 'ops'>;
  path?: string;
}

/** The same listener of every replica: locally no balancer stands between the services. */
function everyReplica(
  { ports, portOf }: ServiceSurroundings,
  { from, to, listener, path = '' }: Address,
): string {
  return ports[to].map((replica) => localUrl(portOf({ from, to, port: replica[listener] }), path)).join(',');
}

function ownSettings(name: ProcessName, around: ServiceSurroundings): Settings {
  const { admin, secrets } = around;
  const providerKey = { PAYMENT_PROVIDER_KEY: secrets.passwordFor('payment-provider') };
  const keySet = { listener: 'public', path: '/api/v1/auth/.well-known/jwks.json' } as const;
  const JWKS_URL = everyReplica(around, { from: name, to: 'auth-service', ...keySet });
  const internal = (to: ProcessName): string =>
    everyReplica(around, { from: name, to, listener: 'internal' });
  const orders = (): Settings => ({
    ...providerKey,
    JWKS_URL,
    AUTH_SERVICE_URL: internal('auth-service'),
    PRODUCT_SERVICE_URL: internal('product-service'),
    PAYMENT_PROVIDER_URL: everyReplica(around, { from: name, to: 'payment-simulator', listener: 'public' }),
  });
  const perProcess: Record<ProcessName, () => Settings> = {
    'auth-service': () => ({
      BCRYPT_COST: '12',
      CODES_KEY: secrets.passwordFor('codes'),
      // Everybody comes from one address here.
      LOG_IN_FAILURES_PER_ADDRESS: '100000',
      REGISTRATIONS_PER_ADDRESS: '100000',
      CODES_PER_ADDRESS: '100000',
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
      MAIL_SPOOL: join(around.dataPath, 'mail'),
      ORDER_SERVICE_URL: internal('order-service'),
      PRODUCT_SERVICE_URL: internal('product-service'),
    }),
    'product-service': () => ({ JWKS_URL, ORDER_SERVICE_URL: internal('order-service') }),
    'order-service': orders,
    'order-worker': orders,
    'payment-simulator': () => providerKey,
  };
  return perProcess[name]();
}

function commonSettings(name: ProcessName, ports: ReplicaPorts, around: ServiceSurroundings): Settings {
  const { database, user, migrator } = programs[name];
  const signer = name === 'order-worker' ? 'order-service' : name;
  return {
    NODE_ENV: 'development',
    OTEL_SERVICE_NAME: name,
    // Spares the second start most of the time spent on reading sources.
    NODE_COMPILE_CACHE: join(around.dataPath, 'compile-cache'),
    HOST: loopback,
    PORT: String(ports.public),
    INTERNAL_PORT: String(ports.internal),
    OPS_PORT: String(ports.ops),
    LOG_LEVEL: 'info',
    DB_HOST: around.database.host,
    DB_PORT: String(around.database.port),
    DB_NAME: database,
    DB_USER: user,
    DB_PASSWORD: around.secrets.passwordFor(user),
    DB_MIGRATION_USER: migrator,
    DB_MIGRATION_PASSWORD: around.secrets.passwordFor(migrator),
    DB_POOL_SIZE: '10',
    JWT_ISSUER: 'tradepost',
    JWT_AUDIENCE: 'tradepost',
    SERVICE_KEY_FILE: around.keys.privateKeyFile(signer),
    SERVICE_PUBLIC_KEYS_FILE: around.keys.publicKeysFile,
  };
}

/** Every setting that one replica of a process is given; their numbers begin at 1. */
export function settingsOf(name: ProcessName, number: number, around: ServiceSurroundings): Settings {
  const ports = around.ports[name][number - 1];
  if (ports === undefined) throw new Error(`There are no ports for ${name} ${number}.`);
  return {
    ...commonSettings(name, ports, around),
    ...ownSettings(name, around),
    ...surroundingSettings(),
    ...around.overridesFor(name, number),
  };
}
