import { nameOf, ofKind, type Rendering } from './objects.ts';
import type { Container } from './pods.ts';

export interface Setting {
  name: string;
  /** Nothing where it comes from a Secret. */
  value?: string;
  /** The ConfigMap it stands in, or nothing when it stands at the container. */
  source?: string;
}

/** What a container's environment holds. What stands at the container wins over ConfigMaps, so it comes first. */
export function settingsOf(container: Container, rendering: Rendering): Setting[] {
  const own = (container.env ?? []).map(({ name = '', value }): Setting => ({
    name,
    ...(value !== undefined && { value }),
  }));
  const taken = (container.envFrom ?? []).toReversed().flatMap(({ configMapRef }) => {
    const map = ofKind(rendering, 'ConfigMap').find((one) => nameOf(one) === configMapRef?.name);
    return Object.entries(map?.data ?? {}).map(([name, value]): Setting => ({
      name,
      value,
      source: configMapRef?.name ?? '',
    }));
  });
  return [...own, ...taken];
}
