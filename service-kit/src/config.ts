import { readFileSync } from 'node:fs';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const url = z.url({ protocol: /^https?$/ });

/** A name or an address; one of IPv6 with or without the brackets that it has in a URL. */
export const hostName = z.string().transform((value) => value.replace(/^\[(.+)\]$/, '$1'));

/** One or more base addresses, separated by commas: replicas without a balancer in front of them. */
export const urlList = z
  .string()
  .transform((value) => value.split(',').map((part) => part.trim()))
  .pipe(z.array(url).min(1));

const databaseSettings = {
  DB_HOST: hostName,
  DB_PORT: port.default(3306),
  DB_NAME: z.string(),
  DB_USER: z.string(),
  DB_PASSWORD: z.string(),
  DB_MIGRATION_USER: z.string().optional(),
  DB_MIGRATION_PASSWORD: z.string().optional(),
};
const logLevel = z.enum(['error', 'warn', 'info', 'debug']).default('info');

/** What a process needs that only migrates: the running service may then do without the right to change tables. */
export const migrationSettings = {
  ...databaseSettings,
  LOG_LEVEL: logLevel,
  DB_USER: z.string().default(''),
  DB_PASSWORD: z.string().default(''),
  DB_MIGRATION_USER: z.string(),
  DB_MIGRATION_PASSWORD: z.string(),
};

/** The settings that every service has; a service adds its own. */
export const settings = {
  ...databaseSettings,
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: hostName.default('::'),
  PORT: port.default(3000),
  INTERNAL_PORT: port.default(3100),
  OPS_PORT: port.default(9100),
  LOG_LEVEL: logLevel,
  DRAIN_MS: z.coerce.number().int().min(0).max(60_000).default(500),
  DB_POOL_SIZE: z.coerce.number().int().min(1).max(100).default(10),
  JWT_ISSUER: z.string().default('tradepost'),
  JWT_AUDIENCE: z.string().default('tradepost'),
  SERVICE_KEY_FILE: z.string(),
  SERVICE_PUBLIC_KEYS_FILE: z.string(),
};

type Shape = Record<string, z.ZodType>;
type Settings<S extends Shape> = z.output<z.ZodObject<S>>;
type Environment = Record<string, string | undefined>;
export type CommonConfig = Settings<typeof settings>;

export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly faults: string[];

  constructor(faults: string[]) {
    super(`${faults.length} wrong or missing settings:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/** NAME, or the content of the file that NAME_FILE names (the way Docker and Kubernetes hand over secrets). */
function readSetting(name: string, environment: Environment): string | undefined {
  const value = environment[name];
  const file = environment[`${name}_FILE`];
  if (value || !file) return value || undefined;
  return readFileSync(file, 'utf8').trim();
}

/**
 * Checks an environment against a shape of settings.
 * @param shape one zod schema for each setting
 * @param environment the variables; an empty one counts as not set
 * @param rules faults that concern several settings at once
 * @returns the typed settings
 * @throws SettingsError that lists every fault, never only the first
 */
export function parseSettings<S extends Shape>(
  shape: S,
  environment: Environment,
  rules: (config: Settings<S>) => string[] = () => [],
): Settings<S> {
  const faults: string[] = [];
  const values: Environment = {};
  for (const name of Object.keys(shape)) {
    try {
      values[name] = readSetting(name, environment);
    } catch (error) {
      faults.push(`${name}_FILE cannot be read: ${(error as Error).message}`);
    }
  }
  const parsed = z.object(shape).safeParse(values);
  faults.push(...(parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? []));
  if (parsed.success) faults.push(...rules(parsed.data));
  if (faults.length > 0 || !parsed.success) throw new SettingsError(faults);
  return parsed.data;
}

/** The settings of this process; prints every fault and ends the process when there is one. */
export function readConfig<S extends Shape>(
  shape: S,
  rules?: (config: Settings<S>) => string[],
): Settings<S> {
  try {
    return parseSettings(shape, process.env, rules);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\nSee .env.example for the name and meaning of each.\n`);
    process.exit(1);
  }
}
