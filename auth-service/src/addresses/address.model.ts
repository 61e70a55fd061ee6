import { jsonColumn } from '@tradepost/service-kit/model-columns.ts';
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export class Address extends Model<InferAttributes<Address>, InferCreationAttributes<Address>> {
  declare id: string;
  declare userId: string;
  declare name: string;
  declare line1: string;
  declare line2: string | null;
  declare city: string;
  declare region: string | null;
  declare postalCode: string | null;
  declare country: string;
  declare phone: string | null;
  /** The international form of `phone` (E.164), where it can be derived. */
  declare phoneE164: CreationOptional<string | null>;
  declare version: CreationOptional<number>;
  declare fieldVersions: CreationOptional<Record<string, number>>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

export function defineAddress(sequelize: Sequelize): void {
  Address.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      userId: DataTypes.UUID,
      name: DataTypes.STRING,
      line1: DataTypes.STRING,
      line2: DataTypes.STRING,
      city: DataTypes.STRING,
      region: DataTypes.STRING,
      postalCode: DataTypes.STRING,
      country: DataTypes.STRING,
      phone: DataTypes.STRING,
      phoneE164: DataTypes.STRING,
      version: DataTypes.INTEGER,
      fieldVersions: { ...jsonColumn('fieldVersions'), defaultValue: {} },
      createdAt: DataTypes.DATE(3),
      updatedAt: DataTypes.DATE(3),
    },
    { sequelize, tableName: 'addresses' },
  );
}
