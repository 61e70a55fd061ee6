import { z } from 'zod';

export const findings = z.object({
  findings: z.array(
    z.object({
      invariant: z.int(),
      says: z.string(),
      checked: z.int(),
      breaches: z.int(),
      ids: z.array(z.string()).meta({ description: 'The first 20' }),
    }),
  ),
});
