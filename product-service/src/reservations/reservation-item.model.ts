import { bigintColumn } from '@tradepost/service-kit/model-columns.ts';
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

/** A product of a reservation, with its name and price frozen at the moment of the hold. */
export class ReservationItem extends Model<
  InferAttributes<ReservationItem>,
  InferCreationAttributes<ReservationItem>
> {
  declare orderId: string;
  declare productId: string;
  declare sellerId: string;
  declare name: string;
  declare quantity: number;
  declare unitPriceMinor: number;
  declare currency: string;
  declare returnedQuantity: CreationOptional<number>;
}

export function defineReservationItem(sequelize: Sequelize): void {
  ReservationItem.init(
    {
      orderId: { type: DataTypes.UUID, primaryKey: true },
      productId: { type: DataTypes.UUID, primaryKey: true },
      sellerId: DataTypes.UUID,
      name: DataTypes.STRING,
      quantity: bigintColumn('quantity'),
      unitPriceMinor: bigintColumn('unitPriceMinor'),
      currency: DataTypes.STRING,
      returnedQuantity: bigintColumn('returnedQuantity'),
    },
    { sequelize, tableName: 'reservation_items' },
  );
}
