import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export class RefreshToken extends Model<
  InferAttributes<RefreshToken>,
  InferCreationAttributes<RefreshToken>
> {
  declare tokenHash: string;
  declare sessionId: string;
  declare expiresAt: Date;
  declare usedAt: CreationOptional<Date | null>;
}

export function defineRefreshToken(sequelize: Sequelize): void {
  RefreshToken.init(
    {
      tokenHash: { type: DataTypes.STRING, primaryKey: true },
      sessionId: DataTypes.UUID,
      expiresAt: DataTypes.DATE(3),
      usedAt: DataTypes.DATE(3),
    },
    { sequelize, tableName: 'refresh_tokens' },
  );
}
