import { defineProblem } from '@tradepost/service-kit/problem.ts';

export const emailTaken = defineProblem('email-taken', 409, 'The e-mail address has an account');
export const lastAdmin = defineProblem('last-admin', 409, 'Somebody must stay admin');
