import { z } from 'zod';

/** What a log-in, a refresh and a registration answer alike. */
export const tokens = z
  .object({
    accessToken: z.string().meta({ description: 'JWT for the Authorization header' }),
    expiresIn: z.int().meta({ description: 'Seconds the access token lives' }),
    refreshToken: z.string().meta({ description: 'Works once, lives 30 days' }),
  })
  .meta({ id: 'Tokens' });
