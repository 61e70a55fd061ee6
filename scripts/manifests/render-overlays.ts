import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseObjects, type Rendering } from './objects.ts';
import type { Copy } from './open-copy.ts';

interface Plan {
  overlay: string;
  place: Rendering['place'];
  text: () => Promise<string>;
}

interface Attempt {
  overlay: string;
  rendering?: Rendering;
  failure?: string;
}

export interface Rendered {
  renderings: Rendering[];
  /** What could not be rendered. */
  missing: string[];
  /** What kubectl says against that. */
  failures: string[];
}

/** Both overlays, and the local one with each component that it does not have by itself. */
export async function renderOverlays(copy: Copy): Promise<Rendered> {
  const results = await Promise.all(plansFor(copy).map(attempt));
  const entry = await attempt({ overlay: 'deployment', place: 'local', text: async () => copy.render('.') });
  const renderings = results.flatMap(({ rendering }) => rendering ?? []);
  const failures = [entry, ...results].flatMap(({ failure }) => failure ?? []);
  const local = renderings.find(({ overlay }) => overlay === 'local');
  if (entry.rendering && local && !isSame(entry.rendering, local)) {
    failures.push(
      'deployment  is not the local overlay: let its kustomization.yaml list overlays/local only',
    );
  }
  const missing = results.flatMap(({ overlay, failure }) => (failure === undefined ? [] : [overlay]));
  return { renderings, missing, failures };
}

function plansFor(copy: Copy): Plan[] {
  const overlays = (['local', 'production'] as const).map((overlay) => ({
    overlay,
    place: overlay,
    text: async () => copy.render(`overlays/${overlay}`),
  }));
  const optional = optionalComponents(copy.directory).map((component) => ({
    overlay: `local + ${component}`,
    place: 'local' as const,
    text: async () =>
      copy.renderWith(`with-${component}`, {
        resources: ['../local'],
        components: [`../../components/${component}`],
      }),
  }));
  return [...overlays, ...optional];
}

function optionalComponents(directory: string): string[] {
  const { components: used = [] } = parse(
    readFileSync(join(directory, 'overlays/local/kustomization.yaml'), 'utf8'),
  ) as { components?: string[] };
  return readdirSync(join(directory, 'components'))
    .filter((name) => existsSync(join(directory, 'components', name, 'kustomization.yaml')))
    .filter((name) => !used.includes(`../../components/${name}`))
    .sort();
}

async function attempt({ overlay, place, text }: Plan): Promise<Attempt> {
  try {
    return { overlay, rendering: { overlay, place, objects: parseObjects(await text()) } };
  } catch (error) {
    return { overlay, failure: `${overlay}  ${(error as Error).message}` };
  }
}

function isSame(one: Rendering, other: Rendering): boolean {
  return JSON.stringify(one.objects) === JSON.stringify(other.objects);
}
