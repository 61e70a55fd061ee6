import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Route } from '@tradepost/service-kit/route.ts';
import { format, resolveConfig } from 'prettier';
import { publicRoutes as authRoutes } from '../auth-service/src/app.ts';
import { publicRoutes as orderRoutes } from '../order-service/src/app.ts';
import { publicRoutes as productRoutes } from '../product-service/src/app.ts';
import { describeRoutes } from './openapi/describe-routes.ts';

/** npm run openapi: writes the one document of all that Nginx routes. With --check it only compares. */
const file = path.join(import.meta.dirname, '../docs/openapi.json');

/** Routes are described, never called: their dependencies are not needed. */
const routesOf = (make: (dependencies: never) => Record<string, Route[]>) => make({} as never);

async function makeDocument(): Promise<string> {
  const routes = { ...routesOf(authRoutes), ...routesOf(productRoutes), ...routesOf(orderRoutes) };
  const document = describeRoutes(routes, '/api/v1', {
    title: 'Tradepost',
    version: '1',
    description: 'A marketplace that never oversells, never charges twice and never loses an order.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  });
  return format(JSON.stringify(document), { ...(await resolveConfig(file)), filepath: file });
}

const document = await makeDocument();
if (!process.argv.includes('--check')) {
  await writeFile(file, document);
} else if ((await readFile(file, 'utf8').catch(() => '')) !== document) {
  console.error(
    'docs/openapi.json is not what the routes say today: run npm run openapi and commit the file.',
  );
  process.exitCode = 1;
}
