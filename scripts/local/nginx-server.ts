import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { faultsOfDoor, type Lists, listsOf } from './door-lists.ts';
import { hostAndPort, loopback, loopbacks } from './loopback.ts';
import { nginxCommand } from './nginx-command.ts';
import { Refusal } from './refusal.ts';

export const nginxTemplate = join(import.meta.dirname, '../../nginx/nginx.conf.template');

export type RoutedService = 'auth-service' | 'product-service' | 'order-service';

export interface NginxPlan {
  /** Holds the rendered file, the pid and what Nginx keeps while it works. */
  runDirectory: string;
  /** What buildSite() wrote. */
  siteDirectory: string;
  port: number;
  probePort: number;
  /** The public ports of the replicas of each service. */
  upstreams: Record<RoutedService, number[]>;
  template?: string;
  /** Path of the program; `nginx` in PATH when absent. */
  program?: string;
  /** The defaults are those of a developer's machine: per-address limits that nobody reaches. */
  settings?: NginxSettings;
}

export interface NginxSettings {
  accessLog?: string;
  errorLog?: string;
  requestsPerSecond?: number;
  /** To one replica; what comes beyond is told to come again. */
  requestsAtOnce?: number;
  connectionsPerAddress?: number;
  proxyReadTimeoutSeconds?: number;
  clientTimeoutSeconds?: number;
  /** Addresses or networks whose X-Forwarded-For is believed. */
  trustedProxies?: string[];
  /** Origins of web pages that may read the answers, such as https://shop.example. */
  corsOrigins?: string[];
  /** The hosts that are answered for, without ports; every one when absent. */
  publicHosts?: string[];
  /** HTTPS, and nothing else, on the port of the door. */
  tls?: { certificateFile: string; keyFile: string };
}

// A replica that failed is left alone until the next second of Nginx's clock: the shortest it knows (fail_timeout=1s
// would be up to two), so that one which came back is used before the other one may fail.
function servers(service: RoutedService, { upstreams, settings }: NginxPlan): string {
  const ports = upstreams[service];
  if (ports.length === 0)
    throw new Refusal(`Nginx needs at least one replica of ${service}: start one first.`);
  const limits = `max_conns=${settings?.requestsAtOnce ?? 128} max_fails=1 fail_timeout=0`;
  return ports.map((port) => `server ${hostAndPort(loopback, port)} ${limits};`).join(' ');
}

function variables(plan: NginxPlan): Record<string, string> {
  const settings = plan.settings ?? {};
  const faults = faultsOfDoor(settings);
  if (faults.length > 0) throw new Refusal(`${faults.join('; ')}.`);
  const lists = listsOf(settings);
  return {
    RUN_DIR: '.',
    SITE_DIR: pathInConfig(plan, plan.siteDirectory),
    // As a parameter, because Nginx before 1.25.1 does not know the directive `http2`; the image has it.
    LISTEN: listenOn(plan.port, `${settings.tls ? 'ssl http2 ' : ''}default_server backlog=4096`),
    PROBE_LISTEN: listenOn(plan.probePort, 'default_server'),
    AUTH_SERVERS: servers('auth-service', plan),
    PRODUCT_SERVERS: servers('product-service', plan),
    ORDER_SERVERS: servers('order-service', plan),
    ORDER_STREAM_SERVERS: servers('order-service', { ...plan, settings: { ...settings, requestsAtOnce: 0 } }),
    RESOLVER: '',
    KEEPALIVE_MIN_TIMEOUT: '',
    WORKER_PROCESSES: 'auto',
    TRUSTED_PROXIES: lists.TRUSTED_PROXIES.map((address) => `set_real_ip_from ${address};`).join(' '),
    ...limits(settings),
    ...origins(lists),
    ...transport(plan),
    ACCESS_LOG: settings.accessLog ?? '/dev/stdout',
    ERROR_LOG: settings.errorLog ?? 'stderr',
  };
}

function listenOn(port: number, parameters: string): string {
  return loopbacks.map((address) => `listen ${hostAndPort(address, port)} ${parameters};`).join(' ');
}

function limits(settings: NginxSettings): Record<string, string> {
  return {
    REQUESTS_PER_SECOND: String(settings.requestsPerSecond ?? 100_000),
    // Nginx counts connections in 16 bits.
    CONNECTIONS_PER_ADDRESS: String(settings.connectionsPerAddress ?? 65_535),
    PROXY_READ_TIMEOUT: `${settings.proxyReadTimeoutSeconds ?? 15}s`,
    CLIENT_TIMEOUT: `${settings.clientTimeoutSeconds ?? 10}s`,
  };
}

function origins({ CORS_ORIGINS: allowed, PUBLIC_HOSTS: hosts }: Lists): Record<string, string> {
  return {
    CORS_ORIGINS: allowed.map((origin) => `"${origin}" "${origin}";`).join(' '),
    VARY_BY_ORIGIN: allowed.length > 0 ? 'Origin' : '',
    PUBLIC_HOSTS: hosts.map((host) => `"${host}" "";`).join(' '),
    OTHER_HOSTS: hosts.length > 0 ? 'yes' : '""',
  };
}

/**
 * A path relative to the run directory, where Nginx is started. The path of a checkout may hold `$`, which Nginx reads as
 * a variable in some directives and cannot escape. The directories below the data directory have plain names.
 */
function pathInConfig({ runDirectory }: NginxPlan, path: string): string {
  const shown = relative(runDirectory, path) || '.';
  if (/^[^"$\\\p{Cc}]+$/u.test(shown)) return shown;
  throw new Refusal(`Nginx cannot read the path ${shown}: use one without ", $, \\ and control characters.`);
}

function transport(plan: NginxPlan): Record<string, string> {
  const { tls } = plan.settings ?? {};
  if (tls === undefined) return { TLS: '' };
  const certificateFile = pathInConfig(plan, tls.certificateFile);
  const keyFile = pathInConfig(plan, tls.keyFile);
  return { TLS: `ssl_certificate "${certificateFile}"; ssl_certificate_key "${keyFile}";` };
}

/** Fills in the upper-case names in braces, as envsubst does in the image. */
export function renderTemplate(template: string, values: Record<string, string>): string {
  return template.replace(/\$\{([A-Z_]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new Refusal(
        `The Nginx template asks for ${name}, which the starter does not know: add it there.`,
      );
    return value;
  });
}

/** Writes nginx.conf into the run directory and has Nginx read it; answers its path. */
export async function writeNginxConfig(plan: NginxPlan): Promise<string> {
  await mkdir(plan.runDirectory, { recursive: true, mode: 0o700 });
  const template = await readFile(plan.template ?? nginxTemplate, 'utf8');
  const file = join(plan.runDirectory, 'nginx.conf');
  await writeFile(file, renderTemplate(template, variables(plan)), { mode: 0o600 });
  refuseBadConfig(plan);
  return file;
}

function refuseBadConfig(plan: NginxPlan): void {
  const { program, arguments: args, directory: cwd } = nginxCommand(plan);
  // No pipe for its output: Nginx opens /dev/stdout as a file, and Node's pipes are sockets.
  const test = spawnSync(program, ['-t', '-q', ...args, '-e', 'stderr'], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (test.error)
    throw new Refusal(`${program} could not be started (${test.error.message}): install Nginx first.`);
  if (test.status === 0) return;
  const complaint =
    /\[(?:emerg|alert|crit)\] (?:\d+#\d+: )?(.*)/.exec(test.stderr)?.[1] ?? `exit ${test.status}`;
  throw new Refusal(`Nginx refuses the configuration in ${plan.runDirectory}: ${complaint}.`);
}
