import { nameOf, ofKind, type Rendering } from './objects.ts';
import { ownImage, type Project } from './project.ts';
import { faultIn, faultsIn, type Fault } from './rule.ts';
import { settingsOf } from './settings-of.ts';
import { containersOf, mainContainersOf, ourDeployments, workloadsOf, type Workload } from './workloads.ts';

const DATA = '/var/lib/mysql';
const MIGRATES = /^[a-z-]+[/]src[/]migrate[.]ts$/;

/** Who works on which database. The worker has that of its service, which makes the tables for both. */
const SERVERS: Record<string, string> = {
  'auth-service': 'auth-mysql',
  'product-service': 'product-mysql',
  'order-service': 'order-mysql',
  'order-worker': 'order-mysql',
  'payment-simulator': 'payment-mysql',
};
const WITHOUT_MIGRATION = ['order-worker'];

/** Each service has a database of its own: MySQL with a volume in a local cluster, a managed server in production. */
export function databases(rendering: Rendering, project: Project): Fault[] {
  const services = ourDeployments(rendering, project).filter(({ name }) => name in SERVERS);
  return [
    ...services.flatMap((service) => [
      ...migrationFaults(service),
      ...hostFaults(service, rendering, project),
    ]),
    ...serversIn(rendering).flatMap(({ object }) =>
      rendering.place === 'production'
        ? [faultIn(object, 'production has managed databases: leave the component mysql out')]
        : volumeFaults(object),
    ),
  ];
}

function serversIn(rendering: Rendering): Workload[] {
  return workloadsOf(rendering).filter((workload) =>
    containersOf(workload).some(({ container }) => /(^|[/])(mysql|mariadb)[:@]/.test(container.image ?? '')),
  );
}

function volumeFaults(server: Workload['object']): Fault[] {
  const claims = (server.spec?.volumeClaimTemplates ?? []).map(({ metadata }) => metadata?.name);
  const mounts = server.spec?.template?.spec?.containers?.flatMap(({ volumeMounts = [] }) => volumeMounts);
  const isKept = mounts?.some(({ name, mountPath }) => mountPath === DATA && claims.includes(name));
  return faultsIn(server, [
    [!isKept, `loses its data with its pod: mount a volumeClaimTemplate at ${DATA} in a StatefulSet`],
  ]);
}

/** The rows are written by one user, the tables by another, who is known before the service starts and then no more. */
function migrationFaults(service: Workload): Fault[] {
  const [main] = mainContainersOf(service);
  const migrators = containersOf(service).filter(
    ({ role, container }) =>
      role === 'init container' && container.command?.some((word) => MIGRATES.test(word)),
  );
  const knowsMigrator = main?.container.env?.some(({ name = '' }) => name.startsWith('DB_MIGRATION_'));
  return faultsIn(service.object, [
    [
      migrators.length !== 1 && !WITHOUT_MIGRATION.includes(service.name),
      `nobody makes its tables: add an init container that runs ${service.name}/src/migrate.ts`,
    ],
    [
      migrators.some(({ container }) => container.image !== main?.container.image),
      'migrates with another image than it runs: use the same',
    ],
    [
      knowsMigrator === true,
      'could change tables while it serves: keep DB_MIGRATION_* to the init container',
    ],
  ]);
}

function hostFaults(service: Workload, rendering: Rendering, project: Project): Fault[] {
  const inside = SERVERS[service.name] ?? '';
  const known = ofKind(rendering, 'Service').map(nameOf);
  return containersOf(service)
    .filter(({ container }) => ownImage(project, container.image) !== undefined)
    .flatMap(({ container, called }) => {
      const host = settingsOf(container, rendering).find(({ name }) => name === 'DB_HOST')?.value ?? '';
      return faultsIn(service.object, [
        [
          rendering.place === 'local' && (host !== inside || !known.includes(host)),
          `${called} looks for its database at "${host}": it is the Service ${inside}`,
        ],
        [
          rendering.place === 'production' && !host.includes('.'),
          `${called} looks for its database at "${host}": name the managed server in DB_HOST`,
        ],
      ]);
    });
}
