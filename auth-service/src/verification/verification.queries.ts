import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import type { Channel } from '../messages/message.ts';
import { mostWrongTries } from './code.ts';

export interface CodeState {
  channel: Channel;
  /** Expired, or used. */
  isOver: boolean;
  hasTriesLeft: boolean;
  /** Until it expires. */
  secondsLeft: number;
}

type CodeRow = Record<'isOver' | 'hasTriesLeft' | 'secondsLeft', number> & Pick<CodeState, 'channel'>;

/** Nobody asks about a code after so long. */
export const oldCodes =
  'DELETE FROM verification_codes WHERE expires_at < NOW(3) - INTERVAL 1 DAY LIMIT 1000';

/** How it stands with the code of an account; undefined when it never had one, or long ago. */
export async function readCodeState(
  database: Database,
  userId: string,
  tx?: Transaction,
): Promise<CodeState | undefined> {
  const [row] = await database.select<CodeRow>(
    `SELECT channel, used_at IS NOT NULL OR expires_at <= NOW(3) AS isOver,
            wrong_tries < :mostWrongTries AS hasTriesLeft,
            GREATEST(1, TIMESTAMPDIFF(SECOND, NOW(3), expires_at)) AS secondsLeft
       FROM verification_codes WHERE user_id = :userId`,
    { userId, mostWrongTries },
    tx,
  );
  return (
    row && {
      channel: row.channel,
      isOver: Boolean(row.isOver),
      hasTriesLeft: Boolean(row.hasTriesLeft),
      secondsLeft: Number(row.secondsLeft),
    }
  );
}
