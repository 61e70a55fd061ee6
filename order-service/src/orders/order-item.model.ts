import { bigintColumn } from '@tradepost/service-kit/model-columns.ts';
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export class OrderItem extends Model<InferAttributes<OrderItem>, InferCreationAttributes<OrderItem>> {
  declare orderId: string;
  declare line: number;
  declare productId: string;
  declare quantity: number;
  declare expectedAmount: number | null;
  declare expectedCurrency: string | null;
  declare sellerId: CreationOptional<string | null>;
  declare name: CreationOptional<string | null>;
  declare unitPriceMinor: CreationOptional<number | null>;
}

export function defineOrderItem(sequelize: Sequelize): void {
  OrderItem.init(
    {
      orderId: { type: DataTypes.UUID, primaryKey: true },
      line: { type: DataTypes.SMALLINT, primaryKey: true },
      productId: DataTypes.UUID,
      quantity: DataTypes.INTEGER,
      expectedAmount: bigintColumn('expectedAmount'),
      expectedCurrency: DataTypes.STRING,
      sellerId: DataTypes.UUID,
      name: DataTypes.STRING,
      unitPriceMinor: bigintColumn('unitPriceMinor'),
    },
    { sequelize, tableName: 'order_items' },
  );
}
