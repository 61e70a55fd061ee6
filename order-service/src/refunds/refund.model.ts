import { bigintColumn } from '@tradepost/service-kit/model-columns.ts';
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export const refundStatuses = ['pending', 'refunded', 'failed'] as const;
export type RefundStatus = (typeof refundStatuses)[number];

export class Refund extends Model<InferAttributes<Refund>, InferCreationAttributes<Refund>> {
  /** Of the refund at the provider, too. */
  declare id: string;
  declare orderId: string;
  /** Who gives back for their own lines; null for an admin, or a cancel. */
  declare sellerId: string | null;
  declare status: RefundStatus;
  declare amountMinor: number;
  declare currency: string;
  declare reason: string;
  declare createdAt: CreationOptional<Date>;
}

export function defineRefund(sequelize: Sequelize): void {
  Refund.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      orderId: DataTypes.UUID,
      sellerId: DataTypes.UUID,
      status: DataTypes.STRING,
      amountMinor: bigintColumn('amountMinor'),
      currency: DataTypes.STRING,
      reason: DataTypes.STRING,
      createdAt: DataTypes.DATE(3),
    },
    { sequelize, tableName: 'refunds' },
  );
}
