import type { Breach } from '../check/source.ts';
import { breachAt, readWorkflows, triggersOf } from './workflow.ts';

/** Both run a stranger's branch, or what it left behind, with our secrets and a token that writes. */
const DANGEROUS = ['pull_request_target', 'workflow_run'];

/** A pull request of a stranger runs without secrets. */
export function triggers(root: string): Breach[] {
  return readWorkflows(root).flatMap((workflow) =>
    triggersOf(workflow)
      .filter((name) => DANGEROUS.includes(name))
      .map((name) =>
        breachAt(workflow, ['on', name], `${name} hands secrets to strangers: use pull_request`),
      ),
  );
}
