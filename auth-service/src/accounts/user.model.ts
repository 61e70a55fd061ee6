import { jsonColumn } from '@tradepost/service-kit/model-columns.ts';
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  literal,
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
  /** When a right was last taken away, in seconds since 1970: access tokens count only with a later `iat`. */
  declare tokensValidAfter: CreationOptional<number>;
  declare version: CreationOptional<number>;
  declare fieldVersions: CreationOptional<Record<string, number>>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

/**
 * The value of tokensValidAfter when a right is taken away: the time of the database, and at least the `iat` of every token
 * that was issued before. Such an `iat` is at most that time, or one more than the value before (issue-tokens.ts).
 */
export const endOfTokens = literal('GREATEST(UNIX_TIMESTAMP(), tokens_valid_after + 1)') as unknown as number;

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
      tokensValidAfter: DataTypes.BIGINT,
      version: DataTypes.INTEGER,
      fieldVersions: { ...jsonColumn('fieldVersions'), defaultValue: {} },
      createdAt: DataTypes.DATE(3),
      updatedAt: DataTypes.DATE(3),
    },
    { sequelize, tableName: 'users' },
  );
}
