import {
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export const roles = ['customer', 'seller', 'admin'] as const;
export type Role = (typeof roles)[number];

export class UserRole extends Model<InferAttributes<UserRole>, InferCreationAttributes<UserRole>> {
  declare userId: string;
  declare role: Role;
}

export function defineUserRole(sequelize: Sequelize): void {
  UserRole.init(
    {
      userId: { type: DataTypes.UUID, primaryKey: true },
      role: { type: DataTypes.STRING, primaryKey: true },
    },
    { sequelize, tableName: 'user_roles' },
  );
}
