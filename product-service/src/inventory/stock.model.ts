import { bigintColumn } from '@tradepost/service-kit/model-columns.ts';
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

/** Apart from the product, so that a sale neither moves the product's version nor waits for an edit of it. */
export class Stock extends Model<InferAttributes<Stock>, InferCreationAttributes<Stock>> {
  declare productId: string;
  declare onHand: number;
  declare reserved: CreationOptional<number>;
}

export function defineStock(sequelize: Sequelize): void {
  Stock.init(
    {
      productId: { type: DataTypes.UUID, primaryKey: true },
      onHand: bigintColumn('onHand'),
      reserved: bigintColumn('reserved'),
    },
    { sequelize, tableName: 'stock' },
  );
}
