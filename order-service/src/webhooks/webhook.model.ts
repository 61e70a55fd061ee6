import { jsonColumn } from '@tradepost/service-kit/model-columns.ts';
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export class Webhook extends Model<InferAttributes<Webhook>, InferCreationAttributes<Webhook>> {
  declare id: string;
  declare url: string;
  declare types: string[] | null;
  declare secret: string;
  declare oldSecret: CreationOptional<string | null>;
  declare oldUntil: CreationOptional<Date | null>;
  declare failingSince: CreationOptional<Date | null>;
  declare disabledAt: CreationOptional<Date | null>;
  declare deletedAt: CreationOptional<Date | null>;
  declare clearsAt: CreationOptional<Date | null>;
  declare silences: CreationOptional<number>;
  declare pausedUntil: CreationOptional<Date | null>;
  declare version: CreationOptional<number>;
  declare fieldVersions: CreationOptional<Record<string, number>>;
  declare createdAt: CreationOptional<Date>;
}

export function defineWebhook(sequelize: Sequelize): void {
  Webhook.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      url: DataTypes.STRING,
      types: jsonColumn('types'),
      secret: DataTypes.STRING,
      oldSecret: DataTypes.STRING,
      oldUntil: DataTypes.DATE(3),
      failingSince: DataTypes.DATE(3),
      disabledAt: DataTypes.DATE(3),
      deletedAt: DataTypes.DATE(3),
      clearsAt: DataTypes.DATE(3),
      silences: DataTypes.INTEGER,
      pausedUntil: DataTypes.DATE(3),
      version: DataTypes.INTEGER,
      fieldVersions: { ...jsonColumn('fieldVersions'), defaultValue: {} },
      createdAt: DataTypes.DATE(3),
    },
    { sequelize, tableName: 'webhooks' },
  );
}
