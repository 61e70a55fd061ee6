import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { databaseUsers } from './database-users.ts';
import { openAccounts, type Server } from './open-accounts.ts';
import { readSecrets } from './secret-directory.ts';
import { passwordName } from './secrets.ts';

const tryEveryMs = 2_000;

export interface Accounts {
  server: Server;
  /** Holds `<user>.password` for root and for each user to open. */
  directory: string;
  logger: Logger;
}

/** The users whose password lies in the directory, and the password of root. */
async function readPasswords(directory: string) {
  const secrets = await readSecrets(directory);
  const known = databaseUsers.map((user) => [user, secrets[passwordName(user)]] as const);
  const given = known.filter((entry): entry is [(typeof databaseUsers)[number], string] => !!entry[1]);
  return { root: secrets[passwordName('root')] ?? '', passwords: Object.fromEntries(given) };
}

/** Opens the accounts as soon as the server answers, and says why it does not. */
export async function openAccountsPatiently({ server, directory, logger }: Accounts): Promise<void> {
  for (;;) {
    try {
      const { root, passwords } = await readPasswords(directory);
      const changed = await openAccounts({ server, user: 'root', password: root }, passwords);
      logger.info('accounts are open', { users: Object.keys(passwords), changed });
      return;
    } catch (error) {
      logger.warn('waiting for the database server', { reason: (error as Error).message });
      await sleep(tryEveryMs);
    }
  }
}
