import { jsonColumn } from '@tradepost/service-kit/model-columns.ts';
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export class User extends Model<InferAttributes<User>, InferCreationAttributes<User>> {
  declare id: string;
  declare email: string;
  declare displayName: string | null;
  declare phone: string | null;
  /** The international form of `phone` (E.164), where it can be derived. */
  declare phoneE164: CreationOptional<string | null>;
  declare passwordHash: string;
  declare emailVerified: CreationOptional<boolean>;
  declare disabledAt: CreationOptional<Date | null>;
  /** When the person has deleted their account; the row keeps its id and nothing about them. */
  declare deletedAt: CreationOptional<Date | null>;
  declare version: CreationOptional<number>;
  declare fieldVersions: CreationOptional<Record<string, number>>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

export function defineUser(sequelize: Sequelize): void {
  User.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      email: DataTypes.STRING,
      displayName: DataTypes.STRING,
      phone: DataTypes.STRING,
      phoneE164: DataTypes.STRING,
      passwordHash: DataTypes.STRING,
      emailVerified: DataTypes.BOOLEAN,
      disabledAt: DataTypes.DATE(3),
      deletedAt: DataTypes.DATE(3),
      version: DataTypes.INTEGER,
      fieldVersions: { ...jsonColumn('fieldVersions'), defaultValue: {} },
      createdAt: DataTypes.DATE(3),
      updatedAt: DataTypes.DATE(3),
    },
    { sequelize, tableName: 'users' },
  );
}
