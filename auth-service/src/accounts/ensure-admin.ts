import type { Database } from '@tradepost/service-kit/database.ts';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { Problem } from '@tradepost/service-kit/problem.ts';
import { emailTaken } from './accounts.errors.ts';
import { passwordFault } from '../passwords/password-rules.ts';
import type { Passwords } from '../passwords/hash-passwords.ts';
import { registerUser } from './register-user.ts';
import { UserRole } from './user-role.model.ts';

interface FirstAdmin {
  ADMIN_EMAIL?: string | undefined;
  ADMIN_PASSWORD?: string | undefined;
}

async function hasAdmin(): Promise<boolean> {
  return (await UserRole.count({ where: { role: 'admin' } })) > 0;
}

/** Makes the first admin from the settings when there is none yet; of several replicas that start at once, one does. */
export async function ensureAdmin(
  dependencies: { database: Database; passwords: Passwords; logger: Logger },
  { ADMIN_EMAIL: email, ADMIN_PASSWORD: password }: FirstAdmin,
): Promise<void> {
  if (email === undefined || password === undefined) return;
  if (await hasAdmin()) return;
  const fault = passwordFault(password, email);
  if (fault) throw new Error(`ADMIN_PASSWORD ${fault}.`);
  try {
    await registerUser(dependencies, { email, password, roles: ['admin', 'customer'] });
  } catch (error) {
    if (!(error instanceof Problem && error.code === emailTaken.code)) throw error;
    // Another replica was first, or somebody has that address: then it takes an admin to make them one.
    if (await hasAdmin()) return;
    dependencies.logger.warn('there is no admin: ADMIN_EMAIL belongs to an account; set another address');
  }
}
