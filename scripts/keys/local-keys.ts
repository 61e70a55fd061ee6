import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretStore } from '../../provision/src/secret-directory.ts';
import { keyName, publicKeysName, signingServices } from '../../provision/src/service-keys.ts';
import { writePrivately } from '../local/data-directory.ts';
import { Refusal } from '../local/refusal.ts';

/** npm start calls the private keys by the service alone. */
const fileNames = new Map(signingServices.map((service) => [keyName(service), `${service}.json`]));
const secretNames = new Map([...fileNames].map(([secret, file]) => [file, secret]));

/** The service keys of npm start, as provision keeps them elsewhere: one file each, read by its owner only. */
export function openLocalKeys(dataDirectory: string): SecretStore {
  const directory = join(dataDirectory, 'keys');
  if (!existsSync(join(directory, publicKeysName)))
    throw new Refusal(
      `There are no keys in ${directory}: npm start makes them, --data names another directory.`,
    );
  return {
    async update(change) {
      const files = (await readdir(directory)).filter((name) => name.endsWith('.json'));
      const read = files.map(
        async (file) =>
          [secretNames.get(file) ?? file, await readFile(join(directory, file), 'utf8')] as const,
      );
      const changes = Object.entries(change(Object.fromEntries(await Promise.all(read))));
      for (const [name, value] of changes) {
        await writePrivately(join(directory, fileNames.get(name) ?? name), value);
      }
      return changes.map(([name]) => name);
    },
  };
}
