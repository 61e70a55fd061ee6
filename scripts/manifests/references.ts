import { missingSecrets } from '../../provision/src/secrets.ts';
import { nameOf, ofKind, type Rendering } from './objects.ts';
import { faultIn, type Fault } from './rule.ts';
import { containersOf, workloadsOf, type Workload } from './workloads.ts';

export interface Reference {
  kind: 'ConfigMap' | 'Secret';
  name: string;
  key?: string;
}

/** The letters that Kustomize writes a hash with: no vowels, nothing that looks like another. */
export const HASH = /-[bcdfghkmt2456789]{10}$/;
const LOCAL_SECRET = 'tradepost';
/** The certificate comes from an operator or a certificate manager; nginx/entrypoint.sh follows its renewals without a new pod. */
const CERTIFICATE = 'nginx-tls';
const madeInside = Object.keys(missingSecrets({}));

/**
 * What a pod is configured by exists, and carries a hash in its name, so that a change rolls out. The one exception is
 * the Secret that is made inside a local cluster.
 */
export function references(rendering: Rendering): Fault[] {
  return workloadsOf(rendering).flatMap((workload) =>
    referencesOf(workload).flatMap((reference) =>
      faultOf(reference, rendering).map((message) => faultIn(workload.object, message)),
    ),
  );
}

function faultOf(reference: Reference, rendering: Rendering): string[] {
  const { kind, name } = reference;
  if (kind === 'Secret' && name === CERTIFICATE) return [];
  if (kind === 'Secret' && rendering.place === 'local') return faultOfSecretMadeInside(reference);
  if (!HASH.test(name)) {
    const generator = kind === 'Secret' ? 'secretGenerator' : 'configMapGenerator';
    return [`refers to the ${kind} ${name}, whose changes would not roll out: make it with ${generator}`];
  }
  const target = ofKind(rendering, kind).find((one) => nameOf(one) === name);
  if (target === undefined) return [`refers to the ${kind} ${name}, which is not there: render it`];
  return missingKey(reference, Object.keys(target.data ?? {}));
}

function faultOfSecretMadeInside(reference: Reference): string[] {
  if (reference.name === LOCAL_SECRET) return missingKey(reference, madeInside);
  return [`refers to the Secret ${reference.name}: the local cluster makes ${LOCAL_SECRET} only`];
}

function missingKey({ kind, name, key }: Reference, keys: string[]): string[] {
  if (key === undefined || keys.includes(key)) return [];
  return [`takes ${key} from the ${kind} ${name}, which has no such key: add it, or name another`];
}

/** What the pods of a workload take from ConfigMaps and Secrets. */
export function referencesOf(workload: Workload): Reference[] {
  const ofContainers = containersOf(workload).flatMap(({ container: { env = [], envFrom = [] } }) => [
    ...env.flatMap(({ valueFrom }) => [
      reference('ConfigMap', valueFrom?.configMapKeyRef?.name, valueFrom?.configMapKeyRef?.key),
      reference('Secret', valueFrom?.secretKeyRef?.name, valueFrom?.secretKeyRef?.key),
    ]),
    ...envFrom.flatMap(({ configMapRef, secretRef }) => [
      reference('ConfigMap', configMapRef?.name),
      reference('Secret', secretRef?.name),
    ]),
  ]);
  return [...ofContainers.flat(), ...referencesOfVolumes(workload)];
}

function referencesOfVolumes({ pod: { volumes = [] } }: Workload): Reference[] {
  return volumes
    .flatMap((volume) => [volume, ...(volume.projected?.sources ?? [])])
    .flatMap(({ configMap, secret }) => [
      ...reference('ConfigMap', configMap?.name),
      ...reference('Secret', secret?.secretName ?? secret?.name),
      ...(configMap?.items ?? []).flatMap(({ key }) => reference('ConfigMap', configMap?.name, key)),
      ...(secret?.items ?? []).flatMap(({ key }) =>
        reference('Secret', secret?.secretName ?? secret?.name, key),
      ),
    ]);
}

function reference(kind: Reference['kind'], name?: string, key?: string): Reference[] {
  return name === undefined ? [] : [{ kind, name, ...(key !== undefined && { key }) }];
}
