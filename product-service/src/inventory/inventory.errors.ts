import { defineProblem } from '@tradepost/service-kit/problem.ts';

export const belowReserved = defineProblem('below-reserved', 409, 'Orders hold more than that');
