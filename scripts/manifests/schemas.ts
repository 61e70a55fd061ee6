import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';
import { subjectOf, type KubernetesObject, type Rendering } from './objects.ts';
import { faultIn, type Fault } from './rule.ts';

const DEFINITIONS = '_definitions.json';

export type Validator = (object: KubernetesObject) => { isKnown: boolean; messages: string[] };

/** Where the schemas lie: KUBERNETES_SCHEMAS, or beside the repository. */
export function schemaDirectory(root: string): string | undefined {
  const chosen = process.env.KUBERNETES_SCHEMAS;
  const directory = chosen ? resolve(chosen) : join(root, '../shared/kubernetes-schemas');
  return existsSync(join(directory, DEFINITIONS)) ? directory : undefined;
}

/** Kubernetes' own schemas refuse a field that they do not know, which the API server would drop with a warning. */
export function openValidator(directory: string): Validator {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(readJson(join(directory, DEFINITIONS)), DEFINITIONS);
  const compiled = new Map<string, ValidateFunction | undefined>();
  return (object) => {
    const name = fileFor(object);
    if (!compiled.has(name)) {
      const file = join(directory, name);
      compiled.set(name, existsSync(file) ? ajv.compile(readJson(file)) : undefined);
    }
    const validate = compiled.get(name);
    if (validate === undefined) return { isKnown: false, messages: [] };
    validate(object);
    return { isKnown: true, messages: (validate.errors ?? []).map(tell) };
  };
}

export function schemaFaults({ objects }: Rendering, validate: Validator): Fault[] {
  return objects.flatMap((object) =>
    validate(object).messages.map((message) => faultIn(object, `is no ${object.kind ?? ''}: ${message}`)),
  );
}

/** Kinds that Kubernetes itself does not have. */
export function unknownObjects({ objects }: Rendering, validate: Validator): string[] {
  return objects.filter((object) => !validate(object).isKnown).map(subjectOf);
}

/** `apps/v1` Deployment is deployment-apps-v1.json, `v1` Service is service-v1.json. */
function fileFor({ apiVersion = '', kind = '' }: KubernetesObject): string {
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const words = [kind.toLowerCase(), group.split('.')[0], version].filter((word) => word !== '');
  return `${words.join('-')}.json`;
}

function tell({
  instancePath,
  message = '',
  params,
}: NonNullable<ValidateFunction['errors']>[number]): string {
  const { additionalProperty: unknown } = params as { additionalProperty?: string };
  const place = instancePath.slice(1).replaceAll('/', '.') || 'the object';
  return unknown === undefined ? `${place} ${message}` : `${place} has no field ${unknown}`;
}

function readJson(file: string): AnySchema {
  return JSON.parse(readFileSync(file, 'utf8')) as AnySchema;
}
