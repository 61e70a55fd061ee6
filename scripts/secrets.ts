import { resolve } from 'node:path';
import { openSecretDirectory } from '../provision/src/secret-directory.ts';
import { missingSecrets } from '../provision/src/secrets.ts';

/** npm run secrets -- DIRECTORY: makes every secret that the directory does not hold yet, one file each. */
const [directory] = process.argv.slice(2);
if (directory === undefined) {
  console.error('Name the directory: npm run secrets -- deployment/overlays/production/secrets');
  process.exit(2);
}
const made = await openSecretDirectory(resolve(directory)).update(missingSecrets);
console.log(made.length === 0 ? 'Nothing is missing.' : `Made ${made.join(', ')}.`);
