import { bigintColumn, jsonColumn } from '@tradepost/service-kit/model-columns.ts';
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
/** No move leads on from these. */
export const endedStatuses: readonly OrderStatus[] = [
  'delivered',
  'rejected',
  'cancelled',
  'payment_failed',
  'refunded',
];
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
  /** The international form of `phone`, where it can be derived; no answer shows it. */
  phoneE164?: string;
}

/** Why product-service refused to hold an order; `members` go into the problem that the buyer gets. */
export interface Rejection {
  code:
    | 'product-gone'
    | 'insufficient-stock'
    | 'price-changed'
    | 'own-product'
    | 'mixed-currencies'
    | 'total-too-large'
    | 'reservation-released';
  detail: string;
  members: { short?: { productId: string; requested: number; available: number }[]; [name: string]: unknown };
}

/** How the buyer wants to pay: a method, and the provider's token for what is to be charged. */
export interface PaymentMeans {
  method: 'card';
  token: string;
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
  declare cancelReason: CreationOptional<string | null>;
  /** The payment that came with the order; its token is forgotten once it is made, or never will be. */
  declare rememberedPayment: CreationOptional<Partial<PaymentMeans> | null>;
  declare refundedMinor: CreationOptional<number>;
  declare paymentDueAt: Date;
  declare version: CreationOptional<number>;
  declare fieldVersions: CreationOptional<Record<string, number>>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

export function defineOrder(sequelize: Sequelize): void {
  Order.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      buyerId: DataTypes.UUID,
      status: DataTypes.STRING,
      currency: DataTypes.STRING,
      totalMinor: bigintColumn('totalMinor'),
      shipTo: jsonColumn('shipTo'),
      billTo: jsonColumn('billTo'),
      note: DataTypes.STRING,
      rejection: jsonColumn('rejection'),
      cancelReason: DataTypes.STRING,
      rememberedPayment: jsonColumn('rememberedPayment'),
      refundedMinor: bigintColumn('refundedMinor'),
      paymentDueAt: DataTypes.DATE(3),
      version: DataTypes.INTEGER,
      fieldVersions: { ...jsonColumn('fieldVersions'), defaultValue: {} },
      createdAt: DataTypes.DATE(3),
      updatedAt: DataTypes.DATE(3),
    },
    { sequelize, tableName: 'orders' },
  );
}
