import { type Route, route } from '@tradepost/service-kit/route.ts';
import type { Dependencies } from '../dependencies.ts';
import { changePassword } from './change-password.ts';
import { resetTokenExpired, resetTokenWrong } from './passwords.errors.ts';
import { forgottenPassword, passwordChange, passwordReset } from './passwords.schemas.ts';
import { requestReset } from './request-reset.ts';
import { resetPassword } from './reset-password.ts';

const requestResetRoute = (dependencies: Dependencies) =>
  route({
    method: 'post',
    path: '/auth/password/forgot',
    summary: 'Have a token sent with which you can choose a new password',
    access: 'anyone',
    body: forgottenPassword,
    answers: { 202: null },
    handle: async ({ body }) => {
      await requestReset(dependencies, body);
      return { status: 202, body: null };
    },
  });

const resetPasswordRoute = (dependencies: Dependencies) =>
  route({
    method: 'post',
    path: '/auth/password/reset',
    summary: 'Choose a new password with a token; ends all sessions',
    access: 'anyone',
    body: passwordReset,
    answers: { 204: null },
    problems: [resetTokenWrong, resetTokenExpired],
    handle: async ({ body }) => {
      await resetPassword(dependencies, body);
      return { status: 204, body: null };
    },
  });

const changePasswordRoute = (dependencies: Dependencies) =>
  route({
    method: 'put',
    path: '/auth/password',
    summary: 'Change your password; ends all sessions',
    access: 'user',
    versioned: 'optional',
    body: passwordChange,
    answers: { 204: null },
    handle: async ({ caller, body, ifMatch }) => {
      await changePassword(dependencies, { caller, ifMatch, ...body });
      return { status: 204, body: null };
    },
  });

export function passwordRoutes(dependencies: Dependencies): Route[] {
  return [requestResetRoute, resetPasswordRoute, changePasswordRoute].map((declare) => declare(dependencies));
}
