import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf, type Breach } from '../check/source.ts';
import { breachAt, contentOf, readYaml } from './workflow.ts';

const FILE = '.github/dependabot.yml';

interface Update {
  'package-ecosystem'?: string;
  directory?: string;
  directories?: string[];
  schedule?: { interval?: string };
  groups?: object;
}

/** Dependabot looks after everything we pin: packages, base images, actions; once a week, in groups. */
export function dependabot(root: string): Breach[] {
  if (!existsSync(join(root, FILE))) {
    return [{ file: FILE, message: 'missing: nobody would renew what is pinned' }];
  }
  const yaml = readYaml(root, FILE);
  const { updates = [] } = contentOf(yaml) as { updates?: Update[] };
  const covered = new Set(updates.flatMap(placesOf));
  return [
    ...expectedPlaces(root)
      .filter((place) => !covered.has(place))
      .map((place) => breachAt(yaml, ['updates'], `nobody renews ${place}: add it`)),
    ...updates.flatMap((update, index) =>
      faultsOf(update).map((message) => breachAt(yaml, ['updates', index], message)),
    ),
  ];
}

function placesOf({ 'package-ecosystem': ecosystem, directory, directories = [] }: Update): string[] {
  return [directory ?? [], directories].flat().map((place) => `${String(ecosystem)} in ${place}`);
}

function expectedPlaces(root: string): string[] {
  return [
    'npm in /',
    'github-actions in /',
    ...filesOf(root, /(^|[/])Dockerfile$/).map((file) => `docker in /${file.replace(/[/]?Dockerfile$/, '')}`),
    ...filesOf(root, /^(docker-)?compose[.]ya?ml$/).map(() => 'docker-compose in /'),
  ];
}

function faultsOf({ 'package-ecosystem': ecosystem, schedule, groups }: Update): string[] {
  const faults: string[] = [];
  if (schedule?.interval !== 'weekly') faults.push(`${String(ecosystem)} is not renewed weekly: write so`);
  if (groups === undefined) faults.push(`${String(ecosystem)} makes a pull request for each: write groups`);
  return faults;
}
