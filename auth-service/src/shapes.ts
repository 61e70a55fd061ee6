import { id, time } from '@tradepost/service-kit/fields.ts';
import { z } from 'zod';
import { roles } from './accounts/user-role.model.ts';
import { passwordFault } from './passwords/password-rules.ts';

export const newPassword = z
  .string()
  .superRefine((password, context) => {
    const fault = passwordFault(password);
    if (fault) context.addIssue(fault);
  })
  .meta({
    description:
      '10 to 72 bytes of UTF-8 in the form NFC; neither a common password, one repeated character nor your own e-mail address',
  });

/** What a log-in, a refresh and a registration answer alike. */
export const tokens = z
  .object({
    accessToken: z.string().meta({ description: 'JWT for the Authorization header' }),
    expiresIn: z.int().meta({ description: 'Seconds the access token lives' }),
    refreshToken: z.string().meta({ description: 'Works once, lives 30 days' }),
  })
  .meta({ id: 'Tokens' });

/** An account, as its owner and admins see it. */
export const user = z
  .object({
    id,
    email: z.string(),
    displayName: z.string().nullable(),
    phone: z.string().nullable(),
    roles: z.array(z.enum(roles)),
    emailVerified: z.boolean(),
    version: z.int(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'User' });
