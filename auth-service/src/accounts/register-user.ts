import { recordEvents } from '@tradepost/events/record-event.ts';
import { toE164 } from '@tradepost/postal-address/phone-number.ts';
import { type Database, isDuplicate } from '@tradepost/service-kit/database.ts';
import { v7 as uuidv7 } from 'uuid';
import { customerEvent } from '../events.ts';
import { emailTaken } from './accounts.errors.ts';
import { type Account, readAccount } from './accounts.queries.ts';
import type { Passwords } from '../passwords/hash-passwords.ts';
import { refuseAddress } from '../passwords/password-rules.ts';
import { type Role, UserRole } from './user-role.model.ts';
import { User } from './user.model.ts';

interface Registration {
  email: string;
  password: string;
  displayName?: string | undefined;
  phone?: string | undefined;
  roles?: readonly Role[];
}

/** Makes an account: hashes the password, then stores the person, whose e-mail address must be new, with their roles. */
export async function registerUser(
  { database, passwords }: { database: Database; passwords: Passwords },
  { password, roles = ['customer'], ...person }: Registration,
): Promise<Account> {
  refuseAddress(password, person.email, '/password');
  const userId = uuidv7();
  const { email, displayName = null, phone = null } = person;
  const phoneE164 = await toE164(phone);
  const passwordHash = await passwords.hash(password);
  return database.transaction(async (tx) => {
    try {
      const columns = { id: userId, email, displayName, phone, phoneE164, passwordHash };
      await User.create(columns, { transaction: tx });
    } catch (error) {
      throw isDuplicate(error) ? emailTaken('Log in instead, or use another address.') : error;
    }
    await UserRole.bulkCreate(
      roles.map((role) => ({ userId, role })),
      { transaction: tx },
    );
    const account = await readAccount(userId, tx);
    const data = { customerId: userId, email, displayName };
    const sequence = account.user.version;
    await recordEvents(database, tx, [
      customerEvent({ type: 'customer.created', subject: userId, sequence, data }),
    ]);
    return account;
  });
}
