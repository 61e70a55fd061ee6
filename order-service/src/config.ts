import { readConfig, settings as common, urlList } from '@tradepost/service-kit/config.ts';
import { z } from 'zod';

export const settings = {
  ...common,
  JWKS_URL: urlList,
  PRODUCT_SERVICE_URL: urlList,
  PAYMENT_WINDOW_MINUTES: z.coerce.number().int().min(1).max(10_080).default(60),
};

export type Config = ReturnType<typeof readOrderConfig>;

export function readOrderConfig() {
  return readConfig(settings);
}
