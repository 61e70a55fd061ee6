import { defineProblem } from '@tradepost/service-kit/problem.ts';

export const webhookDisabled = defineProblem('webhook-disabled', 409, 'This webhook is disabled');
