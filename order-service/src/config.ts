import { eventSettings, faultsOfSinks, hostList } from '@tradepost/events/config.ts';
import { readConfig, settings as common, urlList } from '@tradepost/service-kit/config.ts';
import { z } from 'zod';

/** Where a test can make a process die: after each step of an order, and inside those that call somebody. */
export const crashPoints = [
  'recording',
  'recorded',
  'reserving',
  'reserved',
  'noting',
  'noted',
  'hold-noted',
  'payment-recorded',
  'charging',
  'charged',
  'payment-noted',
  'committing',
  'committed',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

export const settings = {
  ...common,
  ...eventSettings,
  JWKS_URL: urlList,
  AUTH_SERVICE_URL: urlList,
  PRODUCT_SERVICE_URL: urlList,
  PAYMENT_PROVIDER_URL: urlList,
  PAYMENT_PROVIDER_KEY: z.string().min(16),
  PAYMENT_WINDOW_MINUTES: z.coerce.number().int().min(1).max(10_080).default(60),
  WEBHOOK_TRUSTED_HOSTS: hostList.default([]),
  CRASH_POINT: z.enum(crashPoints).optional(),
};

export type Config = z.output<z.ZodObject<typeof settings>>;

/** Faults of settings that are each well-formed. */
export function faultsOfSettings(config: Config): string[] {
  const { NODE_ENV, CRASH_POINT } = config;
  return [
    ...faultsOfSinks(config),
    ...(NODE_ENV === 'production' && CRASH_POINT !== undefined
      ? ['CRASH_POINT: must not be set in production']
      : []),
  ];
}

export function readOrderConfig(): Config {
  return readConfig(settings, faultsOfSettings);
}
