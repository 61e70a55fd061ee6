import type { Sequelize } from 'sequelize';
import { defineOrderItem } from './orders/order-item.model.ts';
import { defineOrder } from './orders/order.model.ts';
import { definePayment } from './payments/payment.model.ts';
import { defineRefund } from './refunds/refund.model.ts';

export function defineModels(sequelize: Sequelize): void {
  for (const define of [defineOrder, defineOrderItem, definePayment, defineRefund]) define(sequelize);
}
