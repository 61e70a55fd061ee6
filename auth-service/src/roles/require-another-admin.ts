import type { Transaction } from 'sequelize';
import { lastAdmin } from '../accounts/accounts.errors.ts';
import { UserRole } from '../accounts/user-role.model.ts';
import { User } from '../accounts/user.model.ts';

/**
 * Refuses what would leave nobody who can log in as admin. Locks the role of every admin, so that two who take it from each
 * other at once, in whatever way, do so one after the other.
 * @throws last-admin
 */
export async function requireAnotherAdmin(userId: string, tx: Transaction): Promise<void> {
  const holders = await UserRole.findAll({
    where: { role: 'admin' },
    order: ['userId'],
    lock: true,
    transaction: tx,
  });
  const others = holders.map((holder) => holder.userId).filter((holderId) => holderId !== userId);
  // Read after the lock: what others have done to these accounts is committed by now, and stays so until we are done.
  const able = await User.count({ where: { id: others, disabledAt: null }, transaction: tx });
  if (able === 0) throw lastAdmin('Make somebody else admin first.');
}
