import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import { idParameter } from '@tradepost/service-kit/fields.ts';
import { toPage } from '@tradepost/service-kit/pagination.ts';
import { notFound, versionConflict } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { deleteAccount } from '../account-states/delete-account.ts';
import { disableUser } from '../account-states/disable-user.ts';
import { enableUser } from '../account-states/enable-user.ts';
import { readAs, requireRights } from '../callers/callers.queries.ts';
import type { Dependencies } from '../dependencies.ts';
import { startSession } from '../sessions/start-session.ts';
import { user } from '../shapes.ts';
import { emailTaken, lastAdmin } from './accounts.errors.ts';
import { type Account, findAccount, listAccounts, noSuchAccount, viewAccount } from './accounts.queries.ts';
import {
  registered,
  registration,
  rolesChange,
  userChange,
  userFilter,
  userPage,
} from './accounts.schemas.ts';
import { changeUser } from './change-user.ts';
import { registerUser } from './register-user.ts';
import { setRoles } from './set-roles.ts';

const admin = { roles: ['admin'] } as const;

const found = (account: Account) =>
  ({ status: 200, body: viewAccount(account), version: account.user.version }) as const;

const readOwn = async ({ id }: Caller): Promise<Account> => requireRights(await findAccount(id));

/** An account exists for its owner and for admins; for others it does not. */
async function readAccountFor(caller: Caller, accountId: string): Promise<Account> {
  const account = await findAccount(accountId);
  const { roles } = await readOwn(caller);
  const isAdmin = caller.roles.includes('admin') && roles.includes('admin');
  if (!account || (accountId !== caller.id && !isAdmin)) throw noSuchAccount();
  return account;
}

const registerRoute = (dependencies: Dependencies) =>
  route({
    method: 'post',
    path: '/auth/register',
    summary: 'Make an account and log in',
    access: 'anyone',
    body: registration,
    answers: { 201: registered },
    problems: [emailTaken],
    handle: async ({ body }) => {
      const account = await registerUser(dependencies, body);
      const tokens = await startSession(dependencies, account);
      await dependencies.limits.guesses.rememberPlace(account.user.email);
      const { id, version } = account.user;
      const headers = { Location: `/api/v1/users/${id}` };
      return { status: 201, headers, body: { user: viewAccount(account), ...tokens }, version };
    },
  });

const readOwnAccountRoute = () =>
  route({
    method: 'get',
    path: '/users/me',
    summary: 'Your account',
    access: 'user',
    answers: { 200: user, 304: null },
    handle: async ({ caller }) => found(await readOwn(caller)),
  });

const changeOwnAccountRoute = (dependencies: Dependencies) =>
  route({
    method: 'patch',
    path: '/users/me',
    summary: 'Change your account',
    access: 'user',
    versioned: true,
    body: userChange,
    answers: { 200: user },
    handle: async ({ caller, ifMatch, body }) =>
      found(await changeUser(dependencies, { caller, ifMatch, changes: body })),
  });

const deleteOwnAccountRoute = (dependencies: Dependencies) =>
  route({
    method: 'delete',
    path: '/users/me',
    summary: 'Delete your account, for good',
    access: 'user',
    versioned: true,
    answers: { 204: null },
    problems: [lastAdmin],
    handle: async ({ caller, ifMatch }) => {
      await deleteAccount(dependencies, { caller, ifMatch });
      return { status: 204, body: null };
    },
  });

const readAccountRoute = () =>
  route({
    method: 'get',
    path: '/users/{id}',
    summary: 'An account',
    access: 'user',
    params: idParameter,
    answers: { 200: user, 304: null },
    problems: [notFound],
    handle: async ({ params, caller }) => found(await readAccountFor(caller, params.id)),
  });

const listAccountsRoute = () =>
  route({
    method: 'get',
    path: '/users',
    summary: 'All accounts',
    access: admin,
    query: userFilter,
    answers: { 200: userPage },
    handle: async ({ query, caller }) => {
      const accounts = await readAs(caller, () => listAccounts(query), 'admin');
      const { items, nextCursor } = toPage(accounts, query.limit, ({ user: { id } }) => id);
      return { status: 200, body: { items: items.map(viewAccount), nextCursor } };
    },
  });

const setRolesRoute = (dependencies: Dependencies) =>
  route({
    method: 'put',
    path: '/users/{id}/roles',
    summary: 'Replace the roles of an account',
    access: admin,
    versioned: 'optional',
    params: idParameter,
    body: rolesChange,
    answers: { 200: user },
    problems: [notFound, versionConflict, lastAdmin],
    handle: async ({ params, body, caller, ifMatch }) =>
      found(await setRoles(dependencies, { caller, userId: params.id, roles: body.roles, ifMatch })),
  });

const disableRoute = (dependencies: Dependencies) =>
  route({
    method: 'post',
    path: '/users/{id}/disable',
    summary: 'Keep somebody from logging in, and end their sessions',
    access: admin,
    versioned: 'optional',
    params: idParameter,
    answers: { 200: user },
    problems: [notFound, lastAdmin],
    handle: async ({ params, caller, ifMatch }) =>
      found(await disableUser(dependencies, { caller, userId: params.id, ifMatch })),
  });

const enableRoute = (dependencies: Dependencies) =>
  route({
    method: 'post',
    path: '/users/{id}/enable',
    summary: 'Let somebody log in again',
    access: admin,
    versioned: 'optional',
    params: idParameter,
    answers: { 200: user },
    problems: [notFound],
    handle: async ({ params, caller, ifMatch }) =>
      found(await enableUser(dependencies, { caller, userId: params.id, ifMatch })),
  });

export function accountRoutes(dependencies: Dependencies): Route[] {
  return [
    registerRoute,
    readOwnAccountRoute,
    changeOwnAccountRoute,
    deleteOwnAccountRoute,
    readAccountRoute,
    listAccountsRoute,
    setRolesRoute,
    disableRoute,
    enableRoute,
  ].map((declare) => declare(dependencies));
}
