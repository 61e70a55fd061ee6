import { defineProblem } from '@tradepost/service-kit/problem.ts';

export const resetTokenWrong = defineProblem('reset-token-wrong', 400, 'The token is wrong');
export const resetTokenExpired = defineProblem(
  'reset-token-expired',
  410,
  'The token has expired or was used',
);
