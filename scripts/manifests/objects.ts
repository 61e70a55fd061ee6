import { parseAllDocuments } from 'yaml';
import type { Metadata, PodTemplate, Port } from './pods.ts';
import type { LabelSelector } from './selectors.ts';

/** The fields of all kinds together; each rule knows which of them its kind has. */
export interface Spec {
  replicas?: number;
  minReadySeconds?: number;
  strategy?: { type?: string; rollingUpdate?: { maxUnavailable?: unknown; maxSurge?: unknown } };
  selector?: LabelSelector;
  template?: PodTemplate;
  jobTemplate?: { spec?: { template?: PodTemplate } };
  volumeClaimTemplates?: { metadata?: Metadata }[];
  type?: string;
  clusterIP?: string;
  ipFamilyPolicy?: string;
  ports?: Port[];
  scaleTargetRef?: { kind?: string; name?: string };
  minReplicas?: number;
  minAvailable?: unknown;
  maxUnavailable?: unknown;
}

export interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata?: Metadata;
  spec?: Spec;
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  automountServiceAccountToken?: boolean;
}

/** What `kubectl kustomize` makes of one directory. */
export interface Rendering {
  overlay: string;
  /** An optional component on top of the local overlay is judged as local. */
  place: 'local' | 'production';
  objects: KubernetesObject[];
}

export function parseObjects(text: string): KubernetesObject[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
}

export function nameOf({ metadata }: KubernetesObject): string {
  return metadata?.name ?? '';
}

export function subjectOf(object: KubernetesObject): string {
  return `${object.kind ?? 'no kind'}/${nameOf(object)}`;
}

export function ofKind({ objects }: Rendering, ...kinds: string[]): KubernetesObject[] {
  return objects.filter(({ kind = '' }) => kinds.includes(kind));
}

/** Every text in a value, with the names that lead to it. */
export function* textsOf(value: unknown, path: string[] = []): Generator<{ path: string[]; text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) yield* textsOf(child, [...path, key]);
}
