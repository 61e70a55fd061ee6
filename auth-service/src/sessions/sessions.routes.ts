import { type Route, route } from '@tradepost/service-kit/route.ts';
import type { Dependencies } from '../dependencies.ts';
import { tokens } from '../shapes.ts';
import { logIn } from './log-in.ts';
import { logOut } from './log-out.ts';
import { refreshSession } from './refresh-session.ts';
import { accountDisabled, invalidCredentials, refreshInvalid, refreshReused } from './sessions.errors.ts';
import { credentials, keySet, refreshRequest } from './sessions.schemas.ts';

const logInRoute = (dependencies: Dependencies) =>
  route({
    method: 'post',
    path: '/auth/login',
    summary: 'Log in',
    access: 'anyone',
    body: credentials,
    answers: { 200: tokens },
    problems: [invalidCredentials, accountDisabled],
    handle: async ({ body }) => ({ status: 200, body: await logIn(dependencies, body) }),
  });

const refreshRoute = (dependencies: Dependencies) =>
  route({
    method: 'post',
    path: '/auth/refresh',
    summary: 'Exchange a refresh token for the next pair',
    access: 'anyone',
    body: refreshRequest,
    answers: { 200: tokens },
    problems: [refreshReused, refreshInvalid],
    handle: async ({ body }) => ({ status: 200, body: await refreshSession(dependencies, body) }),
  });

const logOutRoute = (dependencies: Dependencies) =>
  route({
    method: 'post',
    path: '/auth/logout',
    summary: 'End the session of this token',
    access: 'user',
    answers: { 204: null },
    handle: async ({ caller }) => {
      await logOut(dependencies, caller);
      return { status: 204, body: null };
    },
  });

const keySetRoute = (dependencies: Dependencies) =>
  route({
    method: 'get',
    path: '/auth/.well-known/jwks.json',
    summary: 'The public keys of access tokens',
    access: 'anyone',
    cache: 'public, max-age=60',
    answers: { 200: keySet },
    handle: () => ({ status: 200, body: dependencies.tokenIssuer.keys.published() }),
  });

export function sessionRoutes(dependencies: Dependencies): Route[] {
  return [logInRoute, refreshRoute, logOutRoute, keySetRoute].map((declare) => declare(dependencies));
}
