import type { Breach } from '../check/source.ts';
import { breachAt, jobsOf, readWorkflows } from './workflow.ts';

/** A workflow may read the source and nothing else; a job that has to write says what. */
export function permissions(root: string): Breach[] {
  return [
    ...readWorkflows(root)
      .filter(({ content }) => !isAtMostReading(content.permissions))
      .map((workflow) =>
        breachAt(
          workflow,
          ['permissions'],
          'the workflow may do more than read the source: write "permissions: contents: read" at the top, and more at the job that needs it',
        ),
      ),
    ...jobsOf(root)
      .filter(({ job }) => typeof job.permissions === 'string')
      .map(({ workflow, name, path }) =>
        breachAt(workflow, [...path, 'permissions'], `${name} asks for everything: name each permission`),
      ),
  ];
}

function isAtMostReading(granted: unknown): boolean {
  if (typeof granted !== 'object' || granted === null) return false;
  return Object.entries(granted).every(([scope, level]) => scope === 'contents' && level !== 'write');
}
