import type { Sequelize } from 'sequelize';
import { defineLedgerEntry } from './inventory/ledger-entry.model.ts';
import { defineStock } from './inventory/stock.model.ts';
import { defineProduct } from './products/product.model.ts';
import { defineReservationItem } from './reservations/reservation-item.model.ts';
import { defineReservation } from './reservations/reservation.model.ts';
import { defineProductWords } from './search/product-words.model.ts';

export function defineModels(sequelize: Sequelize): void {
  defineProduct(sequelize);
  defineProductWords(sequelize);
  defineStock(sequelize);
  defineLedgerEntry(sequelize);
  defineReservation(sequelize);
  defineReservationItem(sequelize);
}
