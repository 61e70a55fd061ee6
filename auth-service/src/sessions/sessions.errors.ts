import { defineProblem } from '@tradepost/service-kit/problem.ts';

export const invalidCredentials = defineProblem(
  'invalid-credentials',
  401,
  'E-mail address or password is wrong',
);
export const accountDisabled = defineProblem('account-disabled', 401, 'This account is disabled');
export const refreshReused = defineProblem('refresh-reused', 401, 'The refresh token was used before');
export const refreshInvalid = defineProblem('refresh-invalid', 401, 'The refresh token is not valid');
