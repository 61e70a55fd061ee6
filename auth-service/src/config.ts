import { eventSettings, faultsOfSinks } from '@tradepost/events/config.ts';
import { readConfig, settings as common, urlList } from '@tradepost/service-kit/config.ts';
import { emailAddress } from '@tradepost/text-formats/email-address.ts';
import { z } from 'zod';

const atMost = z.coerce.number().int().min(1).max(1_000_000);

/** How often; in 15 minutes for log-ins, in an hour for the others. */
const limitSettings = {
  LOG_IN_FAILURES_PER_ACCOUNT: atMost.default(10),
  LOG_IN_FAILURES_PER_ADDRESS: atMost.default(300),
  REGISTRATIONS_PER_ADDRESS: atMost.default(60),
  CODES_PER_ACCOUNT: atMost.default(10),
  CODES_PER_ADDRESS: atMost.default(300),
};

export const settings = {
  ...common,
  ...eventSettings,
  ...limitSettings,
  ORDER_SERVICE_URL: urlList,
  PRODUCT_SERVICE_URL: urlList,
  CODES_KEY: z.string().min(16, 'must be a secret of at least 16 characters'),
  BCRYPT_COST: z.coerce.number().int().min(4).max(16).default(12),
  REFRESH_REUSE_LEEWAY_SECONDS: z.coerce.number().int().min(0).max(60).default(0),
  ADMIN_EMAIL: emailAddress.optional(),
  ADMIN_PASSWORD: z.string().optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: emailAddress.optional(),
  SMS_URL: z.url({ protocol: /^https?$/ }).optional(),
  SMS_KEY: z.string().optional(),
  MAIL_SPOOL: z.string().optional(),
};

/** What a command needs that only works in the database. */
export function readCommandConfig() {
  const { DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_PASSWORD, DB_POOL_SIZE, LOG_LEVEL } = common;
  return readConfig({ DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_PASSWORD, DB_POOL_SIZE, LOG_LEVEL });
}

const pairs = [
  ['ADMIN_EMAIL', 'ADMIN_PASSWORD'],
  ['SMTP_URL', 'MAIL_FROM'],
  ['SMS_URL', 'SMS_KEY'],
] as const;

export type Config = z.output<z.ZodObject<typeof settings>>;
export type LimitConfig = Pick<Config, keyof typeof limitSettings>;

/** What is wrong with settings that are each well-formed. */
export function faultsOfSettings(config: Config): string[] {
  const inProduction = config.NODE_ENV === 'production';
  return [
    ...faultsOfSinks(config),
    ...(inProduction && config.BCRYPT_COST < 10 ? ['BCRYPT_COST: must be at least 10 in production'] : []),
    // Everybody who reaches the door would read everybody's codes.
    ...(inProduction && config.MAIL_SPOOL !== undefined ? ['MAIL_SPOOL: must not be set in production'] : []),
    ...pairs
      .filter(([one, other]) => (config[one] === undefined) !== (config[other] === undefined))
      .map(([one, other]) => `${one} and ${other}: set both or none`),
  ];
}

export function readAuthConfig(): Config {
  return readConfig(settings, faultsOfSettings);
}
