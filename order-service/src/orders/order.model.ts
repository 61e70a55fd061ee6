import { fromJson } from '@tradepost/service-kit/database.ts';
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export const orderStatuses = [
  'pending',
  'awaiting_payment',
  'paying',
  'paid',
  'partially_shipped',
  'shipped',
  'delivered',
  'rejected',
  'cancelled',
  'payment_failed',
  'refunding',
  'refunded',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

export interface Address {
  name: string;
  line1: string;
  line2?: string;
  city: string;
  region?: string;
  postalCode?: string;
  country: string;
  phone?: string;
}

/** Why product-service refused to hold an order; `members` go into the problem that the buyer gets. */
export interface Rejection {
  code: string;
  detail: string;
  members: { short?: { productId: string; requested: number; available: number }[]; [name: string]: unknown };
}

export class Order extends Model<InferAttributes<Order>, InferCreationAttributes<Order>> {
  declare id: string;
  declare buyerId: string;
  declare status: OrderStatus;
  declare currency: CreationOptional<string | null>;
  declare totalMinor: CreationOptional<number | null>;
  declare shipTo: Address;
  declare billTo: Address | null;
  declare note: string | null;
  declare rejection: CreationOptional<Rejection | null>;
  declare paymentDueAt: Date;
  declare version: CreationOptional<number>;
  declare fieldVersions: CreationOptional<Record<string, number>>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

/** A JSON column, whose value MariaDB gives as text. */
function json(field: 'shipTo' | 'billTo' | 'rejection' | 'fieldVersions') {
  return {
    type: DataTypes.JSON,
    get(this: Order) {
      return fromJson(this.getDataValue(field));
    },
  };
}

export function defineOrder(sequelize: Sequelize): void {
  Order.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      buyerId: DataTypes.UUID,
      status: DataTypes.STRING,
      currency: DataTypes.STRING,
      totalMinor: DataTypes.BIGINT,
      shipTo: json('shipTo'),
      billTo: json('billTo'),
      note: DataTypes.STRING,
      rejection: json('rejection'),
      paymentDueAt: DataTypes.DATE(3),
      version: DataTypes.INTEGER,
      fieldVersions: { ...json('fieldVersions'), defaultValue: {} },
      createdAt: DataTypes.DATE(3),
      updatedAt: DataTypes.DATE(3),
    },
    { sequelize, tableName: 'orders' },
  );
}
