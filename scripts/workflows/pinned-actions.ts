import type { Breach } from '../check/source.ts';
import { breachAt, commentAt, jobsOf, stepsOf } from './workflow.ts';

const PINNED = /^[\w.-]+([/][\w.-]+)+@[0-9a-f]{40}$/;

/** A tag can be moved to other code, a commit cannot: the comment says which version it is, Dependabot keeps both. */
export function pinnedActions(root: string): Breach[] {
  const places = [
    ...jobsOf(root).map(({ workflow, job, path }) => ({ workflow, uses: job.uses, path })),
    ...stepsOf(root).map(({ workflow, step, path }) => ({ workflow, uses: step.uses, path })),
  ];
  return places.flatMap(({ workflow, uses, path }) => {
    if (uses === undefined || uses.startsWith('./')) return [];
    const place = [...path, 'uses'];
    if (!PINNED.test(uses)) {
      return [breachAt(workflow, place, `${uses} can become other code: write the 40 digits of its commit`)];
    }
    if (!/^v\d/.test(commentAt(workflow, place))) {
      return [breachAt(workflow, place, `${uses} does not tell its version: write # v1.2.3 behind it`)];
    }
    return [];
  });
}
