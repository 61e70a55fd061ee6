import type { Sequelize } from 'sequelize';
import { defineCharge } from './charges/charge.model.ts';
import { defineRefund } from './refunds/refund.model.ts';

export function defineModels(sequelize: Sequelize): void {
  defineCharge(sequelize);
  defineRefund(sequelize);
}
