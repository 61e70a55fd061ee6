import { emailAddress } from '@tradepost/text-formats/email-address.ts';
import { z } from 'zod';
import { newPassword } from '../shapes.ts';

export const forgottenPassword = z.strictObject({ email: emailAddress });
export const passwordReset = z.strictObject({
  token: z.string().max(200).meta({ description: 'From the message; works once, for 30 minutes' }),
  newPassword,
});
export const passwordChange = z.strictObject({ currentPassword: z.string().max(1000), newPassword });
