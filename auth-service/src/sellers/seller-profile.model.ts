import { jsonColumn } from '@tradepost/service-kit/model-columns.ts';
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export class SellerProfile extends Model<
  InferAttributes<SellerProfile>,
  InferCreationAttributes<SellerProfile>
> {
  declare userId: string;
  /** Null when the seller has deleted their account. */
  declare displayName: string | null;
  declare about: string | null;
  declare version: CreationOptional<number>;
  declare fieldVersions: CreationOptional<Record<string, number>>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

export function defineSellerProfile(sequelize: Sequelize): void {
  SellerProfile.init(
    {
      userId: { type: DataTypes.UUID, primaryKey: true },
      displayName: DataTypes.STRING,
      about: DataTypes.STRING,
      version: DataTypes.INTEGER,
      fieldVersions: { ...jsonColumn('fieldVersions'), defaultValue: {} },
      createdAt: DataTypes.DATE(3),
      updatedAt: DataTypes.DATE(3),
    },
    { sequelize, tableName: 'seller_profiles' },
  );
}
