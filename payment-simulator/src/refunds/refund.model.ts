import { bigintColumn } from '@tradepost/service-kit/model-columns.ts';
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export interface RefundOutcome {
  status: 'refunded' | 'declined';
  declineCode: string | null;
}

export class Refund extends Model<InferAttributes<Refund>, InferCreationAttributes<Refund>> {
  declare id: string;
  declare chargeId: string;
  declare amountMinor: number;
  declare currency: string;
  /** Open only inside the transaction that decides. */
  declare status: 'open' | RefundOutcome['status'];
  declare declineCode: string | null;
  declare createdAt: CreationOptional<Date>;
}

export function defineRefund(sequelize: Sequelize): void {
  Refund.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      chargeId: DataTypes.UUID,
      amountMinor: bigintColumn('amountMinor'),
      currency: DataTypes.STRING,
      status: DataTypes.STRING,
      declineCode: DataTypes.STRING,
      createdAt: DataTypes.DATE(3),
    },
    { sequelize, tableName: 'refunds' },
  );
}
