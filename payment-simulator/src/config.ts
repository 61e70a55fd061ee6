import { readConfig, settings as common } from '@tradepost/service-kit/config.ts';
import { z } from 'zod';

/** It checks no access token and calls nobody: what every service has, without keys of its own and of others. */
const { JWT_ISSUER, JWT_AUDIENCE, SERVICE_KEY_FILE, SERVICE_PUBLIC_KEYS_FILE, ...processSettings } = common;

export const settings = {
  ...processSettings,
  PAYMENT_PROVIDER_KEY: z
    .string()
    .min(16)
    .regex(/^[!-~]*$/, 'must be visible ASCII characters: it is sent in a header'),
  FAULT_SEED: z.string().default('tradepost'),
};

export type Config = ReturnType<typeof readSimulatorConfig>;

export function readSimulatorConfig() {
  return readConfig(settings);
}
