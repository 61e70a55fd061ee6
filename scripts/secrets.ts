import { resolve } from 'node:path';
import { openSecretDirectory } from '../provision/src/secret-directory.ts';
import { missingSecrets } from '../provision/src/secrets.ts';
import { readCall } from './commands/read-call.ts';

/** npm run secrets -- DIRECTORY: makes every secret that the directory does not hold yet, one file each. */
const [directory = ''] = readCall('secrets').words;
const made = await openSecretDirectory(resolve(directory)).update(missingSecrets);
console.log(made.length === 0 ? 'Nothing is missing.' : `Made ${made.join(', ')}.`);
