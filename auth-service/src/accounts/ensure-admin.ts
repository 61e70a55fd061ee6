import type { Database } from '@tradepost/service-kit/database.ts';
import { Problem } from '@tradepost/service-kit/problem.ts';
import { emailTaken } from './accounts.errors.ts';
import { passwordFault } from './password-rules.ts';
import type { Passwords } from './hash-passwords.ts';
import { registerUser } from './register-user.ts';
import { UserRole } from './user-role.model.ts';

interface FirstAdmin {
  ADMIN_EMAIL?: string | undefined;
  ADMIN_PASSWORD?: string | undefined;
}

/** Makes the first admin from the settings when there is none yet; of several replicas that start at once, one does. */
export async function ensureAdmin(
  dependencies: { database: Database; passwords: Passwords },
  { ADMIN_EMAIL: email, ADMIN_PASSWORD: password }: FirstAdmin,
): Promise<void> {
  if (email === undefined || password === undefined) return;
  if ((await UserRole.count({ where: { role: 'admin' } })) > 0) return;
  const fault = passwordFault(password);
  if (fault) throw new Error(`ADMIN_PASSWORD ${fault}.`);
  try {
    await registerUser(dependencies, { email: email.toLowerCase(), password, roles: ['admin', 'customer'] });
  } catch (error) {
    // Another replica was first.
    if (!(error instanceof Problem && error.code === emailTaken.code)) throw error;
  }
}
