import type { ProcessName } from './processes.ts';

/** What a process runs, and its database. */
export interface Program {
  entry: string;
  database: string;
  user: string;
  migrator: string;
}

const orderDatabase = { database: 'ordersDB', user: 'order_service', migrator: 'order_migrator' };
export const programs: Record<ProcessName, Program> = {
  'auth-service': {
    entry: 'auth-service/src/main.ts',
    database: 'authDB',
    user: 'auth_service',
    migrator: 'auth_migrator',
  },
  'product-service': {
    entry: 'product-service/src/main.ts',
    database: 'productsDB',
    user: 'product_service',
    migrator: 'product_migrator',
  },
  'order-service': { entry: 'order-service/src/main.ts', ...orderDatabase },
  'order-worker': { entry: 'order-service/src/worker.ts', ...orderDatabase },
  'payment-simulator': {
    entry: 'payment-simulator/src/main.ts',
    database: 'paymentsDB',
    user: 'payment_simulator',
    migrator: 'payment_migrator',
  },
};
