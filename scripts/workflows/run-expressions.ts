import type { Breach } from '../check/source.ts';
import { breachAt, stepsOf } from './workflow.ts';

/**
 * What is filled into a script is run with it, and the title of a pull request is written by a stranger. In env it stays
 * a value. See https://docs.github.com/en/actions/reference/security/secure-use, "Good practices for mitigating script
 * injection attacks".
 */
export function runExpressions(root: string): Breach[] {
  return stepsOf(root).flatMap(({ workflow, step, path }) =>
    [...(step.run ?? '').matchAll(/[$][{][{]\s*(.*?)\s*[}][}]/g)].map(([, expression = '']) =>
      breachAt(workflow, [...path, 'run'], `${expression} would be run: hand it over in env, as "$NAME"`),
    ),
  );
}
