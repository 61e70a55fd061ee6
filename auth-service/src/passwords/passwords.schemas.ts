import { z } from 'zod';
import { email, newPassword } from '../shapes.ts';

export const forgottenPassword = z.strictObject({ email });
export const passwordReset = z.strictObject({
  token: z.string().max(200).meta({ description: 'From the message; works once, for 30 minutes' }),
  newPassword,
});
export const passwordChange = z.strictObject({ currentPassword: z.string().max(1000), newPassword });
