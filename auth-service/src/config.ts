import { eventSettings, faultsOfSinks } from '@tradepost/events/config.ts';
import { readConfig, settings as common, urlList } from '@tradepost/service-kit/config.ts';
import { z } from 'zod';

export const settings = {
  ...common,
  ...eventSettings,
  ORDER_SERVICE_URL: urlList,
  BCRYPT_COST: z.coerce.number().int().min(4).max(16).default(12),
  REFRESH_REUSE_LEEWAY_SECONDS: z.coerce.number().int().min(0).max(60).default(0),
  ADMIN_EMAIL: z.email().optional(),
  ADMIN_PASSWORD: z.string().optional(),
};

export type Config = ReturnType<typeof readAuthConfig>;

export function readAuthConfig() {
  return readConfig(settings, (config) => [
    ...faultsOfSinks(config),
    ...(config.NODE_ENV === 'production' && config.BCRYPT_COST < 10
      ? ['BCRYPT_COST: must be at least 10 in production']
      : []),
    ...((config.ADMIN_EMAIL === undefined) === (config.ADMIN_PASSWORD === undefined)
      ? []
      : ['ADMIN_EMAIL and ADMIN_PASSWORD: set both or none']),
  ]);
}
