import { appendFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { nameOf, ofKind, parseObjects, type Rendering } from './objects.ts';
import type { Copy } from './open-copy.ts';
import { HASH, referencesOf, type Reference } from './references.ts';
import { templateOf, workloadsOf } from './workloads.ts';

/** A changed line in a ConfigMap or a changed file in production's Secret makes new pods of those that use it, no others. */
export async function rolloutFaults(copy: Copy, renderings: Rendering[]): Promise<string[]> {
  const overlays = renderings.filter(({ overlay, place }) => overlay === place);
  const settings = overlays.flatMap((rendering) =>
    ofKind(rendering, 'ConfigMap')
      .map((map) => nameOf(map).replace(HASH, ''))
      .map(async (name) => changedSetting(copy, rendering, name)),
  );
  const found = await Promise.all(settings);
  // The last, because it changes what all the others are rendered from.
  const secrets = overlays
    .filter(({ place }) => place === 'production')
    .map(async (rendering) => changedSecret(copy, rendering));
  return [...found, ...(await Promise.all(secrets))].flat();
}

async function changedSetting(copy: Copy, rendering: Rendering, name: string): Promise<string[]> {
  const changed = { name, behavior: 'merge', literals: ['CHANGED_BY_THE_CHECK=1'] };
  try {
    const text = await copy.renderWith(`changed-${name}-${rendering.place}`, {
      namespace: 'tradepost',
      resources: [`../${rendering.place}`],
      configMapGenerator: [changed],
    });
    return compare(rendering, { ...rendering, objects: parseObjects(text) }, { kind: 'ConfigMap', name });
  } catch (error) {
    return [
      `${rendering.overlay} ConfigMap/${name}  cannot be changed by an overlay: ${(error as Error).message}`,
    ];
  }
}

async function changedSecret(copy: Copy, rendering: Rendering): Promise<string[]> {
  const file = join(copy.directory, 'overlays/production/secrets/order_service.password');
  chmodSync(file, 0o600);
  appendFileSync(file, 'changed');
  const objects = parseObjects(await copy.render('overlays/production'));
  return compare(rendering, { ...rendering, objects }, { kind: 'Secret', name: 'tradepost' });
}

function compare(before: Rendering, after: Rendering, { kind, name }: Reference): string[] {
  const concerned = workloadsOf(before)
    .filter((workload) =>
      referencesOf(workload).some((one) => one.kind === kind && one.name.replace(HASH, '') === name),
    )
    .map(({ kind: of, name: called }) => `${of}/${called}`);
  const changed = changedTemplates(before, after);
  const subject = `${before.overlay} ${kind}/${name}`;
  const still = concerned.filter((one) => !changed.includes(one));
  const without = changed.filter((one) => !concerned.includes(one));
  return [
    ...(concerned.length === 0 ? [`${subject}  is used by no pod: take it away`] : []),
    ...still.map((one) => `${subject}  a change of it leaves the pods of ${one} as they are: generate it`),
    ...without.map((one) => `${subject}  a change of it restarts ${one}, which does not use it`),
  ];
}

function changedTemplates(before: Rendering, after: Rendering): string[] {
  const templates = (rendering: Rendering): Map<string, unknown> =>
    new Map(
      workloadsOf(rendering).map(
        ({ object, kind, name }) => [`${kind}/${name}`, templateOf(object)] as const,
      ),
    );
  const then = templates(before);
  return [...templates(after)]
    .filter(([name, template]) => !isDeepStrictEqual(template, then.get(name)))
    .map(([name]) => name);
}
