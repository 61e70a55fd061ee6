import { bigintColumn } from '@tradepost/service-kit/model-columns.ts';
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

/** What a charge rests as, for ever. */
export interface ChargeOutcome {
  status: 'captured' | 'declined';
  declineCode: string | null;
}

/** What was sent is null in a tombstone: a charge that was closed before it was received. */
export class Charge extends Model<InferAttributes<Charge>, InferCreationAttributes<Charge>> {
  declare id: string;
  declare orderId: string | null;
  declare amountMinor: number | null;
  declare currency: string | null;
  declare method: string | null;
  declare payloadDigest: string | null;
  declare status: 'open' | ChargeOutcome['status'];
  declare declineCode: string | null;
  declare sends: CreationOptional<number>;
  declare refundedMinor: CreationOptional<number>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

export function defineCharge(sequelize: Sequelize): void {
  Charge.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      orderId: DataTypes.UUID,
      amountMinor: bigintColumn('amountMinor'),
      currency: DataTypes.STRING,
      method: DataTypes.STRING,
      payloadDigest: DataTypes.STRING,
      status: DataTypes.STRING,
      declineCode: DataTypes.STRING,
      sends: DataTypes.INTEGER,
      refundedMinor: bigintColumn('refundedMinor'),
      createdAt: DataTypes.DATE(3),
      updatedAt: DataTypes.DATE(3),
    },
    { sequelize, tableName: 'charges' },
  );
}
