import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { v7 as uuidv7 } from 'uuid';
import type { Message } from './message.ts';
import type { Seal } from './seal.ts';

interface QueuedMessage {
  /** Undefined for nobody: the row is written and nothing is sent, so that no time tells whether there is an account. */
  userId: string | undefined;
  message: Message;
  /** For how long it is worth reading; at most a day. */
  validMinutes: number;
}

/** Queues a message in the transaction that makes it true: it leaves after the COMMIT, and also when this process dies. */
export async function queueMessage(
  { database, seal }: { database: Database; seal: Seal },
  tx: Transaction,
  { userId, message, validMinutes }: QueuedMessage,
): Promise<void> {
  await database.change(
    `INSERT INTO outgoing_messages (id, user_id, channel, sealed, expires_at)
     VALUES (:id, :userId, :channel, :sealed, NOW(3) + INTERVAL :validMinutes MINUTE)`,
    {
      id: uuidv7(),
      userId: userId ?? null,
      channel: message.channel,
      sealed: seal.close(message),
      validMinutes,
    },
    tx,
  );
}
