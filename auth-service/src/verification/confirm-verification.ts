import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { type EntityTags, withChanges } from '@tradepost/service-kit/precondition.ts';
import type { Transaction } from 'sequelize';
import { type Account, honourMatch, readAccount, versionOf } from '../accounts/accounts.queries.ts';
import { recordCustomerChange } from '../accounts/record-customer-change.ts';
import { User } from '../accounts/user.model.ts';
import { lockOwnAccount } from '../callers/callers.queries.ts';
import { codeMinutes, digestCode, mostWrongTries } from './code.ts';
import { codeExpired, tooManyTries, wrongCode } from './verification.errors.ts';
import { readCodeState } from './verification.queries.ts';

interface ConfirmDependencies {
  database: Database;
  codeKey: Buffer;
}

interface Confirmation {
  caller: Caller;
  code: string;
  ifMatch: EntityTags | undefined;
}

interface Guess {
  userId: string;
  digest: string;
}

const open = 'used_at IS NULL AND expires_at > NOW(3) AND wrong_tries < :mostWrongTries';

/** Of many who confirm with one code at once, one finds it unused: the affected row decides. */
async function useCode(database: Database, guess: Guess, tx: Transaction): Promise<boolean> {
  const used = await database.change(
    `UPDATE verification_codes SET used_at = NOW(3) WHERE user_id = :userId AND code_hmac = :digest AND ${open}`,
    { ...guess, mostWrongTries },
    tx,
  );
  return used === 1;
}

/** Counts a wrong guess, and tells whether it was still allowed; of many at once no more than the limit are. */
async function countWrongTry(database: Database, guess: Guess): Promise<boolean> {
  const counted = await database.change(
    `UPDATE verification_codes SET wrong_tries = wrong_tries + 1
      WHERE user_id = :userId AND code_hmac <> :digest AND ${open}`,
    { ...guess, mostWrongTries },
  );
  return counted === 1;
}

/** Not in the transaction that looked for the code: a refusal would roll back what is counted. */
async function refuse(database: Database, guess: Guess): Promise<never> {
  if (await countWrongTry(database, guess)) throw wrongCode('Compare it with the newest message.');
  const state = await readCodeState(database, guess.userId);
  if (!state || state.isOver) throw codeExpired('Ask for a new code.');
  if (state.hasTriesLeft) throw wrongCode('A newer code was sent; compare it with the newest message.');
  const { secondsLeft } = state;
  throw tooManyTries('Ask for a new code.', {
    headers: {
      'Retry-After': String(secondsLeft),
      'RateLimit-Policy': `"code";q=${mostWrongTries};w=${codeMinutes * 60}`,
      RateLimit: `"code";r=0;t=${secondsLeft}`,
    },
  });
}

/** Sets emailVerified as an edit like any other: with a version of its own, told to the other services. */
async function verifyEmail(database: Database, tx: Transaction, account: Account): Promise<Account> {
  const { id, version } = account.user;
  const changedFields = ['emailVerified'];
  const fieldVersions = withChanges(versionOf(account), changedFields);
  // The row is locked since it was read, so its version is still that one.
  await User.update(
    { emailVerified: true, version: version + 1, fieldVersions },
    { where: { id, version }, transaction: tx },
  );
  const verified = await readAccount(id, tx);
  await recordCustomerChange(database, tx, { account: verified, changedFields });
  return verified;
}

/** Uses up a code. One that came by e-mail shows that the address is theirs; one that came by SMS changes nothing yet. */
export async function confirmVerification(
  { database, codeKey }: ConfirmDependencies,
  { caller, code, ifMatch }: Confirmation,
): Promise<Account> {
  const { id: userId } = caller;
  const guess = { userId, digest: digestCode(codeKey, { userId, code }) };
  const confirmed = await database.transaction(async (tx) => {
    const account = await lockOwnAccount(caller, tx);
    honourMatch(ifMatch, account);
    if (!(await useCode(database, guess, tx))) return undefined;
    const state = await readCodeState(database, userId, tx);
    if (state?.channel !== 'email' || account.user.emailVerified) return account;
    return verifyEmail(database, tx, account);
  });
  return confirmed ?? refuse(database, guess);
}
