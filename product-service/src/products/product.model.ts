import { bigintColumn, jsonColumn } from '@tradepost/service-kit/model-columns.ts';
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export class Product extends Model<InferAttributes<Product>, InferCreationAttributes<Product>> {
  declare id: string;
  declare sellerId: string;
  declare name: string;
  declare description: string;
  declare priceMinor: number;
  declare currency: string;
  declare categoryId: string | null;
  declare version: CreationOptional<number>;
  declare fieldVersions: CreationOptional<Record<string, number>>;
  declare deletedAt: CreationOptional<Date | null>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

export function defineProduct(sequelize: Sequelize): void {
  Product.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      sellerId: DataTypes.UUID,
      name: DataTypes.STRING,
      description: DataTypes.STRING,
      priceMinor: bigintColumn('priceMinor'),
      currency: DataTypes.STRING,
      categoryId: DataTypes.UUID,
      version: DataTypes.INTEGER,
      fieldVersions: { ...jsonColumn('fieldVersions'), defaultValue: {} },
      deletedAt: DataTypes.DATE(3),
      createdAt: DataTypes.DATE(3),
      updatedAt: DataTypes.DATE(3),
    },
    { sequelize, tableName: 'products' },
  );
}
