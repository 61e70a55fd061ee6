import type { Breach } from '../check/source.ts';
import { checkoutCredentials } from './checkout-credentials.ts';
import { concurrency } from './concurrency.ts';
import { dependabot } from './dependabot.ts';
import { matrixCoverage } from './matrix-coverage.ts';
import { npmScripts } from './npm-scripts.ts';
import { permissions } from './permissions.ts';
import { pinnedActions } from './pinned-actions.ts';
import { publishOrder } from './publish-order.ts';
import { runExpressions } from './run-expressions.ts';
import { secretUse } from './secret-use.ts';
import { syntax } from './syntax.ts';
import { timeLimits } from './time-limits.ts';
import { triggers } from './triggers.ts';

export type Part = (root: string) => Breach[] | Promise<Breach[]>;

/** What `npm run workflows` looks at. */
export const parts: Record<string, Part> = {
  syntax,
  triggers,
  permissions,
  'pinned-actions': pinnedActions,
  'checkout-credentials': checkoutCredentials,
  'secret-use': secretUse,
  'run-expressions': runExpressions,
  'npm-scripts': npmScripts,
  'time-limits': timeLimits,
  concurrency,
  'publish-order': publishOrder,
  'matrix-coverage': matrixCoverage,
  dependabot,
};
