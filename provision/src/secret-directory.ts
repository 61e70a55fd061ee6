import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Secrets } from './secrets.ts';

/** Where secrets are kept. */
export interface SecretStore {
  /**
   * @param change says what to write, when it has seen what is there; it may be asked again
   * @returns the names that were written
   */
  update(change: (kept: Secrets) => Secrets): Promise<string[]>;
}

/** Names that begin with a dot are not ours: Kubernetes keeps its own beside mounted keys. */
export async function readSecrets(directory: string): Promise<Secrets> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith('.'));
  const entries = names.map(
    async (name) => [name, await readFile(path.join(directory, name), 'utf8')] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * One file for each secret, readable by its owner and group.
 * A file appears whole or not at all: whoever reads while we write sees the old value or the new one. One writer at a time.
 */
export function openSecretDirectory(directory: string): SecretStore {
  return {
    async update(change) {
      await mkdir(directory, { recursive: true });
      const changes = Object.entries(change(await readSecrets(directory)));
      for (const [name, value] of changes) {
        const draft = path.join(directory, `.${name}.draft`);
        // What a run that died has left cannot be written to, by the one who made it either.
        await rm(draft, { force: true });
        await writeFile(draft, value, { mode: 0o440 });
        await rename(draft, path.join(directory, name));
      }
      return changes.map(([name]) => name);
    },
  };
}
