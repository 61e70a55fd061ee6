import { bodies } from './bodies.ts';
import type { Family } from './declare-attack.ts';
import { identities } from './identities.ts';
import { invisibleText } from './invisible-text.ts';
import { limits } from './limits.ts';
import { malformed } from './malformed.ts';
import { methodsAndHosts } from './methods-and-hosts.ts';
import { notBuilt } from './not-built.ts';
import { othersAccounts } from './others-accounts.ts';
import { othersOrders } from './others-orders.ts';
import { passwords } from './passwords.ts';
import { paths } from './paths.ts';
import { sessions } from './sessions.ts';
import { shapes } from './shapes.ts';
import { smuggling } from './smuggling.ts';
import { spellingsAndViews } from './spellings-and-views.ts';
import { sql } from './sql.ts';
import { takenRights } from './taken-rights.ts';
import { tokens } from './tokens.ts';
import { webhookAddresses } from './webhook-addresses.ts';

/** Everything of the specification (quality.md section 3), by what is attacked. */
export const families: readonly Family[] = [
  othersOrders,
  othersAccounts,
  tokens,
  identities,
  sessions,
  takenRights,
  passwords,
  limits,
  sql,
  shapes,
  invisibleText,
  bodies,
  paths,
  methodsAndHosts,
  smuggling,
  malformed,
  spellingsAndViews,
  webhookAddresses,
  notBuilt,
];
