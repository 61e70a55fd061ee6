import { createRequire } from 'node:module';
import { beforeAll, expect, test } from '@jest/globals';
import { boundaries } from '../check/boundaries.ts';
import { plant } from './helpers/plant.ts';

const from = (...modules: string[]): string => modules.map((name) => `import '${name}';\n`).join('');

/** The rule, the file that breaks it, and what that file imports. */
const breaches: [string, string, ...string[]][] = [
  ['kit-imports-no-service', 'service-kit/src/curious.ts', '../../order-service/src/config.ts'],
  ['no-service-imports-another', 'auth-service/src/curious.ts', '../../order-service/src/config.ts'],
  ['source-imports-source-only', 'order-service/src/seeded.ts', '../../scripts/seed.ts'],
  ['testing-is-for-tests', 'order-service/src/tested.ts', '@tradepost/service-kit/testing.ts'],
  ['no-dev-dependency-in-source', 'order-service/src/dev.ts', 'supertest'],
  ['declared-dependencies-only', 'order-service/src/undeclared.ts', 'qs'],
  ['resolvable', 'order-service/src/nowhere.ts', './no-such-file.ts'],
  ['nothing-imports-main', 'order-service/test/main.test.ts', '../src/main.ts'],
  ['only-main-imports-app', 'order-service/src/second-process.ts', './app.ts'],
  ['only-app-imports-routes', 'order-service/src/orders/cancel-order.ts', './orders.routes.ts'],
  ['only-the-border-imports-express', 'order-service/src/orders/orders.queries.ts', 'express'],
  [
    'features-keep-routes-and-schemas',
    'order-service/src/carts/carts.queries.ts',
    '../orders/orders.schemas.ts',
  ],
  ['models-import-models', 'order-service/src/orders/item.model.ts', './orders.errors.ts'],
  ['errors-import-the-kit', 'order-service/src/carts/carts.errors.ts', '../orders/order.model.ts'],
  ['schemas-point-down', 'order-service/src/orders/orders.schemas.ts', './orders.queries.ts'],
  ['clients-point-down', 'order-service/src/clients/product-client.ts', '../orders/place-order.ts'],
  ['config-and-metrics-are-leaves', 'order-service/src/metrics.ts', './orders/order.model.ts'],
  ['no-cycles', 'order-service/src/ledger/egg.ts', './hen.ts'],
  ['no-orphans', 'order-service/src/ledger/alone.ts'],
  ['no-dead-source', 'order-service/src/ledger/unused.ts', 'sequelize'],
];

const soleImports = ['axios', 'winston', 'jsonwebtoken', 'bcrypt', 'prom-client', 'nodemailer'];

let found: string[];

beforeAll(async () => {
  const root = plant({
    ...Object.fromEntries(breaches.map(([, file, ...modules]) => [file, from(...modules)])),
    'order-service/src/ledger/hen.ts': from('./egg.ts'),
    'scripts/seed.ts': 'export const seed = 5;\n',
    'service-kit/src/first.ts': from(...soleImports),
    'service-kit/src/second.ts': from(...soleImports),
  });
  found = (await boundaries(root)).output.split('\n');
});

test.each(breaches)('%s finds the breach in %s', (rule, file) => {
  expect(found).toContainEqual(expect.stringMatching(new RegExp(`^${file} .* ${rule}$`)));
});

test.each(soleImports)('%s is imported in one file of a workspace', (name) => {
  expect(found).toContainEqual(expect.stringMatching(new RegExp(`one-importer-of-${name}$`)));
});

test('every rule has a planted breach', () => {
  const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');
  const planted = [
    ...breaches.map(([rule]) => rule),
    ...soleImports.map((name) => `one-importer-of-${name}`),
  ];
  expect(new Set(forbidden.map(({ name }: { name: string }) => name))).toEqual(new Set(planted));
});
