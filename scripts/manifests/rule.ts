import { subjectOf, type KubernetesObject, type Rendering } from './objects.ts';
import type { Project } from './project.ts';

/** What is wrong with one object, and what to do about it. */
export interface Fault {
  subject: string;
  message: string;
}

/** Looks at what is rendered, and at nothing else: it works without kubectl, too. */
export type Rule = (rendering: Rendering, project: Project) => Fault[];

export function faultIn(object: KubernetesObject, message: string): Fault {
  return { subject: subjectOf(object), message };
}

/** Each pair of a condition that is met and a message makes a fault. */
export function faultsIn(object: KubernetesObject, cases: [boolean, string][]): Fault[] {
  return cases.flatMap(([isWrong, message]) => (isWrong ? [faultIn(object, message)] : []));
}

/** One line for each fault, with every overlay it is in; an optional component is not blamed for what it stands on. */
export function linesFor(rule: Rule, renderings: Rendering[], project: Project): string[] {
  const places = new Map<string, string[]>();
  for (const rendering of renderings) {
    const lines = rule(rendering, project).map(({ subject, message }) => `${subject}  ${message}`);
    for (const line of new Set(lines)) places.set(line, [...(places.get(line) ?? []), rendering.overlay]);
  }
  return [...places].map(([line, overlays]) => `${namesOf(overlays)} ${line}`);
}

function namesOf(overlays: string[]): string {
  return overlays.filter((name) => !(name.startsWith('local +') && overlays.includes('local'))).join(', ');
}
