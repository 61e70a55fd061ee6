import type { Sequelize } from 'sequelize';
import { defineOrderItem } from './orders/order-item.model.ts';
import { defineOrder } from './orders/order.model.ts';
import { definePayment } from './payments/payment.model.ts';
import { defineRefund } from './refunds/refund.model.ts';
import { defineWebhook } from './webhooks/webhook.model.ts';

export function defineModels(sequelize: Sequelize): void {
  const defines = [defineOrder, defineOrderItem, definePayment, defineRefund, defineWebhook];
  for (const define of defines) define(sequelize);
}
