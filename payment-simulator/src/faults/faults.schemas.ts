import { z } from 'zod';

const rate = z.number().min(0).max(1);

export const newFaults = z.strictObject({
  delayMs: z.int().min(0).max(30_000).default(0),
  failRate: rate.default(0),
  loseRate: rate.default(0),
});

export const faultSettings = z.object({ delayMs: z.int(), failRate: rate, loseRate: rate });
