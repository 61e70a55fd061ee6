import { toMailbox } from '@tradepost/text-formats/email-address.ts';
import { z } from 'zod';

export const credentials = z.strictObject({
  // An account may be older than the rule that its address breaks.
  email: z
    .string()
    .max(254)
    .overwrite((email) => toMailbox(email) ?? email.toLowerCase()),
  password: z.string().max(1000),
});
export const refreshRequest = z.strictObject({ refreshToken: z.string().max(200) });

export const keySet = z
  .object({
    keys: z.array(
      z.object({
        kty: z.string(),
        crv: z.string(),
        x: z.string(),
        y: z.string(),
        kid: z.string(),
        use: z.string(),
        alg: z.string(),
      }),
    ),
  })
  .meta({ id: 'KeySet' });
