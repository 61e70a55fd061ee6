import { join } from 'node:path';
import { usualLead } from '../auth-service/src/signing-keys/lead.ts';
import { pausesOfFiles, rotateServiceKeys } from '../provision/src/rotate-service-keys.ts';
import { readCall } from './commands/read-call.ts';
import { openLocalKeys } from './keys/local-keys.ts';
import { rotateLocalKey } from './keys/rotate-local-key.ts';
import { Refusal } from './local/refusal.ts';

/**
 * npm run keys:rotate: the next signing key of access tokens, while the shop of npm start goes on; with --services the
 * next key of each service. Compose and a cluster have commands of their own (docs/operations.md).
 */
const usualDirectory = join(import.meta.dirname, '../.data');

async function rotateSigning(directory: string, leadSeconds: number): Promise<void> {
  const { kid, isNew, seconds } = await rotateLocalKey(directory, leadSeconds);
  if (!isNew)
    throw new Refusal(`The key ${kid} is on its way already: it signs in ${seconds} s, then rotate again.`);
  console.log(`The key ${kid} is published within 5 s and signs in ${seconds} s.`);
  console.log('The one before it is accepted for 20 minutes more. Nothing has to be restarted.');
}

try {
  const { data: directory = usualDirectory, lead, services } = readCall('keys:rotate').options;
  if (services)
    await rotateServiceKeys(openLocalKeys(directory), pausesOfFiles, (message) => console.log(message));
  else await rotateSigning(directory, lead ?? usualLead);
} catch (error) {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
}
process.exit();
