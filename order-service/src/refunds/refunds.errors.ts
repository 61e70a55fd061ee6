import { defineProblem } from '@tradepost/service-kit/problem.ts';

export const exceedsCaptured = defineProblem('exceeds-captured', 409, 'More than what was captured');
