import { hostName, readConfig, settings as common } from '@tradepost/service-kit/config.ts';
import { z } from 'zod';

export const settings = {
  LOG_LEVEL: common.LOG_LEVEL,
  SECRETS_DIRECTORY: z.string().optional(),
  SECRET_NAME: z.string().default('tradepost'),
  DB_HOST: hostName.default('127.0.0.1'),
  DB_PORT: common.DB_PORT,
};

export type Config = ReturnType<typeof readProvisionConfig>;

export function readProvisionConfig() {
  return readConfig(settings);
}
