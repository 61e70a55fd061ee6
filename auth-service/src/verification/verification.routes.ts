import { type Route, route } from '@tradepost/service-kit/route.ts';
import { viewAccount } from '../accounts/accounts.queries.ts';
import type { Dependencies } from '../dependencies.ts';
import { user } from '../shapes.ts';
import { confirmVerification } from './confirm-verification.ts';
import { requestVerification } from './request-verification.ts';
import { codeExpired, tooManyTries, wrongCode } from './verification.errors.ts';
import { confirmation, verificationRequest } from './verification.schemas.ts';

const requestVerificationRoute = (dependencies: Dependencies) =>
  route({
    method: 'post',
    path: '/auth/verification',
    summary: 'Have a code of six digits sent to you',
    access: 'user',
    versioned: 'optional',
    body: verificationRequest,
    answers: { 202: null },
    handle: async ({ caller, body, ifMatch }) => {
      await requestVerification(dependencies, { caller, ifMatch, ...body });
      return { status: 202, body: null };
    },
  });

const confirmVerificationRoute = (dependencies: Dependencies) =>
  route({
    method: 'post',
    path: '/auth/verification/confirm',
    summary: 'Show that you got the code',
    access: 'user',
    versioned: 'optional',
    body: confirmation,
    answers: { 200: user },
    problems: [wrongCode, codeExpired, tooManyTries],
    handle: async ({ caller, body, ifMatch }) => {
      const account = await confirmVerification(dependencies, { caller, ifMatch, ...body });
      return { status: 200, body: viewAccount(account), version: account.user.version };
    },
  });

export function verificationRoutes(dependencies: Dependencies): Route[] {
  return [requestVerificationRoute, confirmVerificationRoute].map((declare) => declare(dependencies));
}
