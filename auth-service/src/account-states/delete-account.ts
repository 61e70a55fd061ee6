import { randomUUID } from 'node:crypto';
import { recordEvents } from '@tradepost/events/record-event.ts';
import { redactEvents } from '@tradepost/events/redact-events.ts';
import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { type EntityTags, requireMatch } from '@tradepost/service-kit/precondition.ts';
import { literal, type Transaction } from 'sequelize';
import { versionOf, viewAccount } from '../accounts/accounts.queries.ts';
import { UserRole } from '../accounts/user-role.model.ts';
import { User } from '../accounts/user.model.ts';
import { Address } from '../addresses/address.model.ts';
import { lockOwnAccount } from '../callers/callers.queries.ts';
import { customerEvent, personalFields } from '../events.ts';
import { endSessions } from '../open-sessions/end-sessions.ts';
import { requireAnotherAdmin } from '../roles/require-another-admin.ts';
import { SellerProfile } from '../sellers/seller-profile.model.ts';

interface Deletion {
  caller: Caller;
  ifMatch: EntityTags | undefined;
}

/** Has the form of a bcrypt hash, and is that of no password. */
const hashOfNothing = `$2b$12$${'.'.repeat(53)}`;

/** Nobody can guess it before and take it, and nothing is ever delivered there (RFC 2606 section 2). */
const addressOfNobody = (): string => `${randomUUID()}@deleted.invalid`;

/** Empties the row of the person; its id stays, because orders and products name it. */
async function pseudonymise(userId: string, version: number, tx: Transaction): Promise<void> {
  await User.update(
    {
      email: addressOfNobody(),
      displayName: null,
      phone: null,
      phoneE164: null,
      passwordHash: hashOfNothing,
      emailVerified: false,
      deletedAt: literal('NOW(3)'),
      version,
      fieldVersions: {},
    },
    { where: { id: userId }, transaction: tx },
  );
}

/**
 * Deletes the caller's own account in one transaction: sessions end, personal data is erased here and in waiting events, and
 * the event tells the other services to erase theirs. The last admin cannot delete the account.
 */
export async function deleteAccount(
  { database }: { database: Database },
  { caller, ifMatch }: Deletion,
): Promise<void> {
  const { id: userId } = caller;
  await database.transaction(async (tx) => {
    const account = await lockOwnAccount(caller, tx);
    requireMatch(ifMatch, versionOf(account), () => viewAccount(account));
    if (account.roles.includes('admin')) await requireAnotherAdmin(userId, tx);
    await endSessions({ database }, { userId }, tx);
    await UserRole.destroy({ where: { userId }, transaction: tx });
    await Address.destroy({ where: { userId }, transaction: tx });
    for (const table of ['verification_codes', 'password_resets', 'outgoing_messages'])
      await database.change(`DELETE FROM ${table} WHERE user_id = :userId`, { userId }, tx);
    // The row stays, with its version: that is how far others were told of it.
    const emptied = { displayName: null, about: null, fieldVersions: {} };
    await SellerProfile.update(emptied, { where: { userId }, transaction: tx });
    const sequence = account.user.version + 1;
    await pseudonymise(userId, sequence, tx);
    await redactEvents(database, tx, { subject: userId, fields: personalFields });
    await recordEvents(database, tx, [
      customerEvent({ type: 'customer.deleted', subject: userId, sequence, data: { customerId: userId } }),
    ]);
  });
}
