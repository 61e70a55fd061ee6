import { type EntityTags, requireMatch, type Versioned } from '@tradepost/service-kit/precondition.ts';
import { notFound, type Problem } from '@tradepost/service-kit/problem.ts';
import { type FindAttributeOptions, type FindOptions, literal, Op, type Transaction } from 'sequelize';
import type { Role } from './user-role.model.ts';
import { User } from './user.model.ts';

export interface Account {
  user: User;
  roles: Role[];
}

interface UserFilter {
  role?: Role | undefined;
  email?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

const roleList = '(SELECT GROUP_CONCAT(role ORDER BY role) FROM user_roles WHERE user_id = User.id)';
/** Reads the roles in the same statement as the account. */
const attributes: FindAttributeOptions = { include: [[literal(roleList), 'roleList']] };

function withRoles(user: User): Account {
  const list = user.get('roleList') as string | null;
  return { user, roles: (list === null ? [] : list.split(',')) as Role[] };
}

/** What a replica of the previous version, which does not know the column, leaves of an account that it deletes. */
export const leftNumbers = `
  UPDATE users SET phone_e164 = NULL, updated_at = updated_at
   WHERE deleted_at IS NOT NULL AND phone_e164 IS NOT NULL LIMIT 1000`;

export const noSuchAccount = (): Problem => notFound('There is no such account.');

/** An account, unless it was deleted. */
export async function findAccount(userId: string, tx?: Transaction): Promise<Account | undefined> {
  const where = { id: userId, deletedAt: null };
  const user = await User.findOne({ where, attributes, transaction: tx ?? null });
  return user ? withRoles(user) : undefined;
}

/** An account that must be there; 404 when it is not. */
export async function readAccount(userId: string, tx?: Transaction): Promise<Account> {
  const account = await findAccount(userId, tx);
  if (!account) throw noSuchAccount();
  return account;
}

/** An account that nobody else changes until the transaction ends; 404 when there is none. */
export async function lockAccount(userId: string, tx: Transaction): Promise<Account> {
  await User.findByPk(userId, { lock: true, transaction: tx });
  return readAccount(userId, tx);
}

/** Who has an e-mail address, letter for letter: the database finds it with accents, in wide letters and with blanks behind it, too. */
export async function findByEmail(
  email: string,
  options: Pick<FindOptions, 'lock' | 'transaction'> = {},
): Promise<User | undefined> {
  const user = await User.findOne({ ...options, where: { email } });
  return user?.email === email ? user : undefined;
}

/** Accounts in order of their ids, one more than asked for. */
export async function listAccounts({ role, email, limit, cursor }: UserFilter): Promise<Account[]> {
  const holders = role && literal(`(SELECT user_id FROM user_roles WHERE role = '${role}')`);
  const users = await User.findAll({
    attributes,
    where: {
      ...(email && { email }),
      deletedAt: null,
      id: { [Op.gt]: cursor ?? '', ...(holders && { [Op.in]: holders }) },
    },
    order: ['id'],
    limit: limit + 1,
  });
  return users.map(withRoles);
}

/** What its owner and an admin may see of an account. */
export function viewAccount({ user, roles }: Account) {
  return {
    id: user.id,
    email: user.email,
    displayName: user.displayName,
    phone: user.phone,
    roles,
    emailVerified: user.emailVerified,
    version: user.version,
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
  };
}

export function versionOf({ user }: Account): Versioned {
  return { version: user.version, fieldVersions: user.fieldVersions };
}

/** Refuses with 412 whoever sent If-Match with another version; who sent none has nothing to compare. */
export function honourMatch(ifMatch: EntityTags | undefined, account: Account): void {
  if (ifMatch !== undefined) requireMatch(ifMatch, versionOf(account), () => viewAccount(account));
}
