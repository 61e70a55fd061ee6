import { defineProblem } from '@tradepost/service-kit/problem.ts';

export const refundDiffers = defineProblem('refund-differs', 422, 'The refund was sent with another payload');
