import type { Rendering } from './objects.ts';
import { ownImage, type Project } from './project.ts';
import { faultIn, type Fault } from './rule.ts';
import { settingsOf } from './settings-of.ts';
import { containersOf, workloadsOf, type Place } from './workloads.ts';

const OF_NODE = ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];

/** A setting with a typing error is read by nobody, and nothing tells of it. */
export function settingNames(rendering: Rendering, project: Project): Fault[] {
  return workloadsOf(rendering)
    .flatMap(containersOf)
    .flatMap((place) => faultsOf(place, rendering, project));
}

function faultsOf({ workload, container, called }: Place, rendering: Rendering, project: Project): Fault[] {
  const image = ownImage(project, container.image);
  if (image === undefined) return [];
  const isNginx = image === 'nginx';
  const document = isNginx ? 'nginx/entrypoint.sh' : '.env.example';
  return settingsOf(container, rendering)
    .filter(({ name }) => !(isNginx ? project.nginxSettings.has(name) : isKnown(name, project)))
    .map(({ name, source }) => {
      const place = source === undefined ? '' : ` (ConfigMap ${source})`;
      return faultIn(workload.object, `${called} is given ${name}${place}, which ${document} does not know`);
    });
}

function isKnown(name: string, { settings }: Project): boolean {
  return settings.has(name) || settings.has(name.replace(/_FILE$/, '')) || OF_NODE.includes(name);
}
