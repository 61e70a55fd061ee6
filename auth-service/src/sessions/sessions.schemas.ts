import { z } from 'zod';

export const credentials = z.strictObject({
  email: z.string().max(254).toLowerCase(),
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
