import { defineProblem } from '@tradepost/service-kit/problem.ts';

export const notOwner = defineProblem('not-owner', 403, 'The product belongs to somebody else');
