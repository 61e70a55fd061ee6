import type { Breach } from '../check/source.ts';
import { breachAt, contentOf, readWorkflows, stepsOf, type Path } from './workflow.ts';

const SECRET = /[$][{][{][^}]*\bsecrets\b/;

/** A secret is seen by the one step that needs it, and by no command line: those end up in logs and process lists. */
export function secretUse(root: string): Breach[] {
  return [...outsideOfSteps(root), ...onCommandLines(root)];
}

function outsideOfSteps(root: string): Breach[] {
  return readWorkflows(root).flatMap((workflow) =>
    [...leavesOf(contentOf(workflow))]
      .filter(({ path, text }) => isSecret(path, text) && !isOfStep(path))
      .map(({ path }) => breachAt(workflow, path, 'a secret for more than one step: put it into its env')),
  );
}

function onCommandLines(root: string): Breach[] {
  return stepsOf(root).flatMap(({ workflow, step, path }) =>
    Object.entries(step.env ?? {})
      .filter(([name, value]) => SECRET.test(String(value)) && names(step.run, name))
      .map(([name]) =>
        breachAt(
          workflow,
          [...path, 'run'],
          `$${name} is a secret: let the script read it from its environment`,
        ),
      ),
  );
}

function isSecret(path: Path, text: string): boolean {
  return SECRET.test(text) || (path.at(-1) === 'secrets' && text === 'inherit');
}

function isOfStep(path: Path): boolean {
  return path[2] === 'steps' && (path[4] === 'env' || path[4] === 'with');
}

function names(run = '', variable: string): boolean {
  return new RegExp(`[$][{]?${variable}\\b`).test(run);
}

function* leavesOf(value: unknown, path: Path = []): Generator<{ path: Path; text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    yield* leavesOf(child, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}
