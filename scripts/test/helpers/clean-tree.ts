const devDependencies = {
  eslint: '*',
  'eslint-config-prettier': '*',
  supertest: '*',
  'typescript-eslint': '*',
};

const manifest = (content: object): string => `${JSON.stringify({ type: 'module', ...content }, null, 2)}\n`;

/** A project in miniature that keeps every rule of `npm run check`. */
export const cleanTree = {
  'package.json': manifest({ name: 'tree', devDependencies }),
  'README.md': '# Tree\n',
  '.env.example': 'PORT=3000\n# DB_HOST=localhost\n',
  'docs/decisions/0001-small-files.md': '# Small files\n',
  'docs/problems.md': [
    '# Problems',
    '## not-found\n\nStatus: 404',
    '## order-gone\n\nStatus: 410',
    '## bad-gateway\n\nStatus: 502\n',
  ].join('\n\n'),
  'nginx/nginx.conf.template':
    'map $status $problem_code {\n    404 not-found;\n    default bad-gateway;\n}\n',

  'service-kit/package.json': manifest({
    name: '@tradepost/service-kit',
    exports: { './*': './src/*' },
    dependencies: { express: '*' },
  }),
  'service-kit/src/config.ts': `export const settings = {
  DB_HOST: String,
};

export function port(): number {
  return Number(process.env.PORT);
}
`,
  'service-kit/src/problem.ts': `export function defineProblem(code: string, status: number, title: string): () => Error {
  return () => new Error(\`\${status} \${code}: \${title}\`);
}

export const notFound = defineProblem('not-found', 404, 'There is nothing here');
`,
  'service-kit/src/error-handler.ts': `import type { Response } from 'express';
import { notFound } from './problem.ts';

export function answer(res: Response): void {
  res.status(404).send(notFound().message);
}
`,
  'service-kit/src/testing.ts': `export const testPort = Number(process.env.PORT);
`,
  'service-kit/test/testing.test.ts': `import { testPort } from '../src/testing.ts';

console.log(testPort);
`,

  'order-service/package.json': manifest({
    name: '@tradepost/order-service',
    dependencies: { express: '*', sequelize: '*' },
  }),
  'order-service/src/main.ts': `import { createApp } from './app.ts';
import { settings } from './config.ts';

createApp().listen(settings.PORT('3000'));
`,
  'order-service/src/config.ts': `import { settings as common } from '@tradepost/service-kit/config.ts';

export const settings = {
  ...common,
  PORT: Number,
};
`,
  'order-service/src/app.ts': `import { answer } from '@tradepost/service-kit/error-handler.ts';
import express, { type Express } from 'express';
import { orders } from './orders/orders.routes.ts';

export function createApp(): Express {
  return express()
    .use(orders)
    .use((_req, res) => answer(res));
}
`,
  'order-service/src/orders/orders.routes.ts': `import { Router } from 'express';
import { placeOrder } from './place-order.ts';

export const orders = Router().post('/orders', async (_req, res) => {
  await placeOrder();
  res.status(201).end();
});
`,
  'order-service/src/orders/place-order.ts': `import { Order } from './order.model.ts';
import { orderGone } from './orders.errors.ts';

/** Writes the order; one that is gone at once is told so. */
export async function placeOrder(): Promise<void> {
  const order = await Order.create();
  if (order.isNewRecord) throw orderGone();
}
`,
  'order-service/src/orders/order.model.ts': `import { Model } from 'sequelize';

export class Order extends Model {}
`,
  'order-service/src/orders/orders.errors.ts': `import { defineProblem } from '@tradepost/service-kit/problem.ts';

export const orderGone = defineProblem('order-gone', 410, 'The order is gone');
`,
};
