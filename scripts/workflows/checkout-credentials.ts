import type { Breach } from '../check/source.ts';
import { breachAt, stepsOf } from './workflow.ts';

/** A checkout leaves no token behind for the scripts that come after it. */
export function checkoutCredentials(root: string): Breach[] {
  return stepsOf(root)
    .filter(({ step }) => step.uses?.startsWith('actions/checkout@'))
    .filter(({ step }) => step.with?.['persist-credentials'] !== false)
    .map(({ workflow, path }) =>
      breachAt(workflow, [...path, 'uses'], 'the token stays on disk: write persist-credentials: false'),
    );
}
