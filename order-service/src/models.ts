import type { Sequelize } from 'sequelize';
import { defineOrderItem } from './orders/order-item.model.ts';
import { defineOrder } from './orders/order.model.ts';

export function defineModels(sequelize: Sequelize): void {
  defineOrder(sequelize);
  defineOrderItem(sequelize);
}
