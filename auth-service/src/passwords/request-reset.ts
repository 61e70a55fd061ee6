import { randomBytes } from 'node:crypto';
import type { Database } from '@tradepost/service-kit/database.ts';
import { findByEmail } from '../accounts/accounts.queries.ts';
import type { Limits } from '../limits/open-limits.ts';
import type { Message } from '../messages/message.ts';
import { queueMessage } from '../messages/queue-message.ts';
import type { Seal } from '../messages/seal.ts';
import { hashResetToken } from './hash-reset-token.ts';

const tokenMinutes = 30;

interface RequestDependencies {
  database: Database;
  seal: Seal;
  limits: Pick<Limits, 'countCode'>;
}

const writeMessage = (to: string, token: string): Message => ({
  to,
  channel: 'email',
  subject: 'A new password for Tradepost',
  text: `With this token you can choose a new password for the next ${tokenMinutes} minutes:\n\n${token}\n\nIf you did not ask for it, do nothing, and give it to nobody.`,
});

/**
 * Makes a token with which a forgotten password can be replaced, and queues the message with it. For an address without an
 * account it does the same work, row for row, and nothing is sent: neither the answer nor its time tells who has one. Above the
 * limit of an address it does nothing, for either.
 */
export async function requestReset(
  { database, seal, limits }: RequestDependencies,
  { email }: { email: string },
): Promise<void> {
  if (await limits.countCode(email)) return;
  // In hexadecimal, which a double click selects as a whole.
  const token = randomBytes(32).toString('hex');
  await database.transaction(async (tx) => {
    // Locked, so that a deletion of the account comes before, and there is none, or after, and takes all of this along.
    const user = await findByEmail(email, { lock: true, transaction: tx });
    await database.change(
      `INSERT INTO password_resets (token_hash, user_id, expires_at)
       VALUES (:tokenHash, :userId, NOW(3) + INTERVAL :tokenMinutes MINUTE)`,
      { tokenHash: hashResetToken(token), userId: user?.id ?? null, tokenMinutes },
      tx,
    );
    const message = writeMessage(email, token);
    await queueMessage({ database, seal }, tx, { userId: user?.id, message, validMinutes: tokenMinutes });
  });
}
