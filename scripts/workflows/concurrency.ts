import type { Breach } from '../check/source.ts';
import { breachAt, readWorkflows, triggersOf, type Workflow } from './workflow.ts';

/** Two runs for the same branch, tag or environment do not overtake each other; an older one for a pull request ends. */
export function concurrency(root: string): Breach[] {
  return readWorkflows(root).flatMap((workflow) =>
    faultsOf(workflow).map((message) => breachAt(workflow, ['concurrency'], message)),
  );
}

function faultsOf(workflow: Workflow): string[] {
  const triggers = triggersOf(workflow);
  const { group, 'cancel-in-progress': cancels } = (workflow.content.concurrency ?? {}) as Record<
    string,
    unknown
  >;
  if (typeof group !== 'string') return ['two runs may overtake each other: write concurrency with a group'];
  const faults: string[] = [];
  if (triggers.includes('pull_request') && !cancels) {
    faults.push('runs for an outdated pull request go on: write cancel-in-progress');
  }
  if (triggers.includes('workflow_call') && group.includes('github.workflow')) {
    faults.push('github.workflow is the name of the caller, which would wait for itself: write a name');
  }
  return faults;
}
