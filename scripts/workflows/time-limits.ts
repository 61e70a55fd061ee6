import type { Breach } from '../check/source.ts';
import { breachAt, jobsOf } from './workflow.ts';

/** Without a limit of its own, a job that hangs holds its runner for six hours. A called workflow has its own limits. */
export function timeLimits(root: string): Breach[] {
  return jobsOf(root)
    .filter(({ job }) => job.uses === undefined && typeof job['timeout-minutes'] !== 'number')
    .map(({ workflow, name, path }) =>
      breachAt(workflow, path, `${name} may run for six hours: give it timeout-minutes`),
    );
}
