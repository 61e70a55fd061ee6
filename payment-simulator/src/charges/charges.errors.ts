import { defineProblem } from '@tradepost/service-kit/problem.ts';

export const chargeDiffers = defineProblem('charge-differs', 422, 'The charge was sent with another payload');
