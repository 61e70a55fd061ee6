import { openDatabase } from '@tradepost/service-kit/database.ts';
import { createLogger } from '@tradepost/service-kit/logger.ts';
import { readCommandConfig } from './config.ts';
import { parseLead, usualLead } from './signing-keys/lead.ts';
import { rotateSigningKey } from './signing-keys/rotate-signing-key.ts';

/**
 * Stores the next signing key of access tokens and ends: run it inside a container of auth-service, with its settings.
 * A number after it is the lead in seconds: `node auth-service/src/rotate-keys.ts 60`.
 */
const leadSeconds = parseLead(process.argv[2] ?? String(usualLead));
if (leadSeconds === undefined) {
  process.stderr.write('The lead is a whole number of seconds from 10 to 86400.\n');
  process.exit(2);
}
const config = readCommandConfig();
const logger = createLogger('auth-service', config.LOG_LEVEL);
const database = openDatabase(config);
try {
  const { kid, isNew, seconds } = await rotateSigningKey(database, leadSeconds);
  logger.info(isNew ? 'the next signing key is published' : 'a signing key is on its way already', {
    kid,
    signsInSeconds: seconds,
  });
  if (!isNew) process.exitCode = 1;
} finally {
  await database.close();
}
