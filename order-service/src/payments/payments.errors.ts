import { defineProblem } from '@tradepost/service-kit/problem.ts';

export const paymentDeclined = defineProblem('payment-declined', 409, 'The payment was declined');
export const attemptsExhausted = defineProblem('attempts-exhausted', 409, 'No attempt to pay is left');
