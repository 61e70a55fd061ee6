import type { Authenticate } from '@tradepost/service-kit/authenticate.ts';
import { withDeadline } from '@tradepost/service-kit/route.ts';
import { findAccount } from '../accounts/accounts.queries.ts';
import type { Role } from '../accounts/user-role.model.ts';
import { requireRights } from './callers.queries.ts';

/**
 * Identifies callers by their token and leaves them the roles that their account still has. So the refusals of rights come
 * before those of input, as on every route. The use case checks again in its transaction: only there the account is locked.
 * @param byToken verifies the token
 */
export function authenticateCallers(byToken: Authenticate): Authenticate {
  return async (authorization) => {
    const caller = await byToken(authorization);
    const { roles } = requireRights(await withDeadline(findAccount(caller.id)));
    return { ...caller, roles: caller.roles.filter((role) => roles.includes(role as Role)) };
  };
}
