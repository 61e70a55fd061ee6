import { defineProblem } from '@tradepost/service-kit/problem.ts';

export const wrongCode = defineProblem('wrong-code', 400, 'The code is wrong');
export const codeExpired = defineProblem('code-expired', 410, 'The code has expired or was used');
export const tooManyTries = defineProblem('too-many-tries', 429, 'Too many wrong codes');
