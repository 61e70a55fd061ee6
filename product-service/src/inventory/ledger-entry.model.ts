import { bigintColumn } from '@tradepost/service-kit/model-columns.ts';
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export type MoveKind = 'initial' | 'adjustment' | 'hold' | 'release' | 'commit' | 'return';

export class LedgerEntry extends Model<InferAttributes<LedgerEntry>, InferCreationAttributes<LedgerEntry>> {
  declare id: string;
  declare productId: string;
  declare kind: MoveKind;
  declare onHandDelta: number;
  declare reservedDelta: number;
  declare reason: string | null;
  declare orderId: string | null;
  declare createdAt: CreationOptional<Date>;
}

export function defineLedgerEntry(sequelize: Sequelize): void {
  LedgerEntry.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      productId: DataTypes.UUID,
      kind: DataTypes.STRING,
      onHandDelta: bigintColumn('onHandDelta'),
      reservedDelta: bigintColumn('reservedDelta'),
      reason: DataTypes.STRING,
      orderId: DataTypes.UUID,
      createdAt: DataTypes.DATE(3),
    },
    { sequelize, tableName: 'stock_ledger' },
  );
}
