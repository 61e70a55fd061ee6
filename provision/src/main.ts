import { createLogger } from '@tradepost/service-kit/logger.ts';
import { type Config, readProvisionConfig } from './config.ts';
import { openAccountsPatiently } from './open-accounts-patiently.ts';
import { openStore } from './open-store.ts';
import { pausesOfFiles, pausesOfPods, rotateServiceKeys } from './rotate-service-keys.ts';
import { missingSecrets, rotatedPasswords } from './secrets.ts';

const config = readProvisionConfig();
const logger = createLogger('provision', config.LOG_LEVEL);
const command = process.argv[2] ?? '';

function accounts({ DB_HOST: host, DB_PORT: port, SECRETS_DIRECTORY: directory }: Config) {
  if (!directory) throw new Error('SECRETS_DIRECTORY is missing: set it to where the passwords lie.');
  return { server: { host, port }, directory, logger };
}

const commands: Record<string, () => Promise<void>> = {
  secrets: async () =>
    logger.info('secrets are there', { made: await openStore(config).update(missingSecrets) }),
  rotate: async () => logger.info('rotated', { changed: await openStore(config).update(rotatedPasswords) }),
  'service-keys': async () =>
    rotateServiceKeys(openStore(config), config.SECRETS_DIRECTORY ? pausesOfFiles : pausesOfPods, (message) =>
      logger.info(message),
    ),
  accounts: async () => openAccountsPatiently(accounts(config)),
};

// As the first process of a container it would otherwise not end on a signal. Not with 0: nothing may take it for done.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(1));

const run = commands[command];
if (run === undefined) {
  process.stderr.write(
    `Say what to provision: node provision/src/main.ts ${Object.keys(commands).join(' | ')}\n`,
  );
  process.exit(2);
}
await run();
