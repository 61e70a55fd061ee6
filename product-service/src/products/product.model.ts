import { fromJson } from '@tradepost/service-kit/database.ts';
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
      priceMinor: {
        type: DataTypes.BIGINT,
        get(this: Product) {
          // BIGINT is a number after create and may be a string after a read.
          return Number(this.getDataValue('priceMinor'));
        },
      },
      currency: DataTypes.STRING,
      categoryId: DataTypes.UUID,
      version: DataTypes.INTEGER,
      fieldVersions: {
        type: DataTypes.JSON,
        defaultValue: {},
        get(this: Product) {
          return fromJson(this.getDataValue('fieldVersions'));
        },
      },
      deletedAt: DataTypes.DATE(3),
      createdAt: DataTypes.DATE(3),
      updatedAt: DataTypes.DATE(3),
    },
    { sequelize, tableName: 'products' },
  );
}
