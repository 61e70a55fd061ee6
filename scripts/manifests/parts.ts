import { alertFaults } from './alerts.ts';
import { connections } from './connections.ts';
import { databases } from './databases.ts';
import { hardening } from './hardening.ts';
import { images } from './images.ts';
import { labels } from './labels.ts';
import { lifecycle } from './lifecycle.ts';
import type { Rendering } from './objects.ts';
import type { Copy } from './open-copy.ts';
import { paymentProvider } from './payment-provider.ts';
import { podSecurity } from './pod-security.ts';
import type { Project } from './project.ts';
import { references } from './references.ts';
import { staleFaults } from './rendered-file.ts';
import { resources } from './resources.ts';
import { rolloutPlan } from './rollout-plan.ts';
import { rolloutFaults } from './rollouts.ts';
import { linesFor, type Rule } from './rule.ts';
import { openValidator, schemaDirectory, schemaFaults, unknownObjects } from './schemas.ts';
import { secretValues } from './secret-values.ts';
import { services } from './services.ts';
import { settingNames } from './setting-names.ts';

/** What a part looks at. */
export interface Scene {
  root: string;
  project: Project;
  copy: Copy;
  renderings: Rendering[];
}

export interface Verdict {
  breaches: string[];
  /** What was not looked at, and why. */
  skipped: string[];
}

export type Part = (scene: Scene) => Verdict | Promise<Verdict>;

/** Rules about one rendering. */
export const rules: Record<string, Rule> = {
  'pod-security': podSecurity,
  hardening,
  labels,
  'rollout-plan': rolloutPlan,
  lifecycle,
  resources,
  images,
  references,
  services,
  databases,
  'payment-provider': paymentProvider,
  'setting-names': settingNames,
  'secret-values': secretValues,
  connections,
};

/** What `npm run manifests` looks at once everything is rendered. */
export const parts: Record<string, Part> = {
  schemas,
  ...Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [
      name,
      ({ renderings, project }: Scene) => verdict(linesFor(rule, renderings, project)),
    ]),
  ),
  alerts: ({ root }) => alertFaults(root),
  rollouts: async ({ copy, renderings }) => verdict(await rolloutFaults(copy, renderings)),
  rendered: ({ root, renderings }) =>
    verdict(
      renderings.filter(({ overlay }) => overlay === 'local').flatMap((local) => staleFaults(root, local)),
    ),
};

function schemas({ root, renderings, project }: Scene): Verdict {
  const directory = schemaDirectory(root);
  if (directory === undefined) {
    return verdict([], ['no schemas: let KUBERNETES_SCHEMAS name the directory of _definitions.json']);
  }
  const validate = openValidator(directory);
  const unknown = linesFor(
    (rendering) =>
      unknownObjects(rendering, validate).map((subject) => ({ subject, message: 'its kind has no schema' })),
    renderings,
    project,
  );
  return verdict(
    linesFor((rendering) => schemaFaults(rendering, validate), renderings, project),
    unknown,
  );
}

function verdict(breaches: string[], skipped: string[] = []): Verdict {
  return { breaches, skipped };
}
