import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { EntityTags } from '@tradepost/service-kit/precondition.ts';
import { validationFailed } from '@tradepost/service-kit/problem.ts';
import { type Account, findAccount, honourMatch } from '../accounts/accounts.queries.ts';
import { lockOwnAccount, requireRights } from '../callers/callers.queries.ts';
import type { Limits } from '../limits/open-limits.ts';
import type { Channel, Message } from '../messages/message.ts';
import { queueMessage } from '../messages/queue-message.ts';
import type { Seal } from '../messages/seal.ts';
import { codeMinutes, digestCode, newCode } from './code.ts';

interface RequestDependencies {
  database: Database;
  seal: Seal;
  codeKey: Buffer;
  limits: Pick<Limits, 'countCode'>;
}

interface VerificationRequest {
  caller: Caller;
  channel: Channel;
  ifMatch: EntityTags | undefined;
}

/** Where the code goes; refuses who knows another version of the account, and who has no such address. */
function addressFor({ channel, ifMatch }: VerificationRequest, account: Account): string {
  honourMatch(ifMatch, account);
  const { user } = account;
  const address = channel === 'email' ? user.email : (user.phoneE164 ?? user.phone);
  if (address === null)
    throw validationFailed([{ pointer: '/channel', message: 'needs a phone in your account' }]);
  return address;
}

const writeMessage = (to: string, channel: Channel, code: string): Message => ({
  to,
  channel,
  subject: 'Your code for Tradepost',
  text: `Your code for Tradepost is ${code}. It is valid for ${codeMinutes} minutes.\nIf you did not ask for it, do nothing, and give it to nobody.`,
});

/** Makes a new code for somebody, which voids the one before, and queues the message with it; only its HMAC is stored. */
export async function requestVerification(
  { database, seal, codeKey, limits }: RequestDependencies,
  request: VerificationRequest,
): Promise<void> {
  const { caller, channel } = request;
  const { id: userId } = caller;
  // A look before it is counted: what is refused sends no code.
  addressFor(request, requireRights(await findAccount(userId)));
  const refusal = await limits.countCode(userId);
  if (refusal) throw refusal;
  const code = newCode();
  const digest = digestCode(codeKey, { userId, code });
  await database.transaction(async (tx) => {
    // Locked before the code is, as by those who confirm: the two cannot wait for each other.
    const account = await lockOwnAccount(caller, tx);
    const message = writeMessage(addressFor(request, account), channel, code);
    await database.change(
      `INSERT INTO verification_codes (user_id, channel, code_hmac, expires_at)
       VALUES (:userId, :channel, :digest, NOW(3) + INTERVAL :codeMinutes MINUTE)
       ON DUPLICATE KEY UPDATE channel = :channel, code_hmac = :digest, wrong_tries = 0, used_at = NULL,
                               expires_at = NOW(3) + INTERVAL :codeMinutes MINUTE`,
      { userId, channel, digest, codeMinutes },
      tx,
    );
    await queueMessage({ database, seal }, tx, { userId, message, validMinutes: codeMinutes });
  });
}
