import { bigintColumn } from '@tradepost/service-kit/model-columns.ts';
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export const paymentStatuses = ['processing', 'captured', 'declined', 'failed'] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

export class Payment extends Model<InferAttributes<Payment>, InferCreationAttributes<Payment>> {
  /** Of the charge at the provider, too. */
  declare id: string;
  declare orderId: string;
  declare status: PaymentStatus;
  declare amountMinor: number;
  declare currency: string;
  declare method: string;
  /** What is to be charged; null once the payment rests. */
  declare token: string | null;
  declare declineCode: CreationOptional<string | null>;
  /** Sends that came to an end, whichever. */
  declare attempts: CreationOptional<number>;
  declare createdAt: CreationOptional<Date>;
}

export function definePayment(sequelize: Sequelize): void {
  Payment.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      orderId: DataTypes.UUID,
      status: DataTypes.STRING,
      amountMinor: bigintColumn('amountMinor'),
      currency: DataTypes.STRING,
      method: DataTypes.STRING,
      token: DataTypes.STRING,
      declineCode: DataTypes.STRING,
      attempts: DataTypes.INTEGER,
      createdAt: DataTypes.DATE(3),
    },
    { sequelize, tableName: 'payments' },
  );
}
