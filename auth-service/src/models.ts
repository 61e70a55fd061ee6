import type { Sequelize } from 'sequelize';
import { defineUserRole } from './accounts/user-role.model.ts';
import { defineUser } from './accounts/user.model.ts';
import { defineAddress } from './addresses/address.model.ts';
import { defineSellerProfile } from './sellers/seller-profile.model.ts';
import { defineRefreshToken } from './sessions/refresh-token.model.ts';
import { defineSession } from './sessions/session.model.ts';

export function defineModels(sequelize: Sequelize): void {
  defineUser(sequelize);
  defineUserRole(sequelize);
  defineSession(sequelize);
  defineRefreshToken(sequelize);
  defineAddress(sequelize);
  defineSellerProfile(sequelize);
}
