import { z } from 'zod';

/** Far below 2^53, so that sums of many stay exact. */
export const maxUnits = 1_000_000_000;

/** A number of pieces. */
export const units = z.int().min(0).max(maxUnits);
