import { createHmac, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDataDirectory, readJson, writePrivately } from '../local/data-directory.ts';

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  /** In milliseconds since 1970. */
  expiresAt: number;
}

/** What one run leaves to the next, so that an account is registered once: the tokens, and the secret behind the passwords. */
export interface Accounts {
  passwordFor(email: string): string;
  tokensOf(email: string): Tokens | undefined;
  keep(email: string, tokens: Tokens): void;
  save(): Promise<void>;
}

interface Kept {
  secret: string;
  /** By the address of the API, then by e-mail. */
  tokens: Record<string, Record<string, Tokens>>;
}

/** Opens the private file of a data directory; the tokens are those of one address of the API. */
export async function openAccounts(directory: string, url: string): Promise<Accounts> {
  // Without the mark of a data directory, npm start would take it for somebody else's.
  if (!existsSync(directory)) await (await openDataDirectory(directory)).unlock();
  const file = join(directory, 'replay.json');
  const kept = ((await readJson(file)) as Kept | null) ?? {
    secret: randomBytes(32).toString('base64url'),
    tokens: {},
  };
  const tokens = (kept.tokens[url] ??= {});
  let saving = Promise.resolve();
  return {
    passwordFor: (email) => createHmac('sha256', kept.secret).update(email).digest('base64url'),
    tokensOf: (email) => tokens[email],
    keep(email, fresh) {
      tokens[email] = fresh;
    },
    // One after the other: they share a draft.
    save: () => (saving = saving.then(() => writePrivately(file, `${JSON.stringify(kept)}\n`))),
  };
}
