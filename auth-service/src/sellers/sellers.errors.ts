import { defineProblem } from '@tradepost/service-kit/problem.ts';

export const notVerified = defineProblem('not-verified', 403, 'The e-mail address is not verified');
export const sellerProfileExists = defineProblem('seller-profile-exists', 409, 'You have a seller profile');
