import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Route } from '@tradepost/service-kit/route.ts';
import { format, resolveConfig } from 'prettier';
import { publicRoutes as authRoutes } from '../auth-service/src/routes.ts';
import { streams as authStreams } from '../auth-service/src/events.ts';
import { publicRoutes as orderRoutes } from '../order-service/src/routes.ts';
import { streams as orderStreams } from '../order-service/src/events.ts';
import { publicRoutes as productRoutes } from '../product-service/src/app.ts';
import { streams as productStreams } from '../product-service/src/events.ts';
import { readCall } from './commands/read-call.ts';
import { describeEvents } from './openapi/describe-events.ts';
import { describeRoutes } from './openapi/describe-routes.ts';

/**
 * npm run openapi: writes the one document of all that Nginx routes, and the one of all events. With --check it only
 * compares.
 */
const { check } = readCall('openapi').options;
const docs = path.join(import.meta.dirname, '../docs');
const license = { name: 'Apache-2.0', identifier: 'Apache-2.0' };

/** Routes are described, never called: their dependencies are not needed. */
const routesOf = (make: (dependencies: never) => Record<string, Route[]>) => make({} as never);

function describeApi(): object {
  const routes = { ...routesOf(authRoutes), ...routesOf(productRoutes), ...routesOf(orderRoutes) };
  return describeRoutes(routes, '/api/v1', {
    title: 'Tradepost',
    version: '1',
    description: 'A marketplace that never oversells, never charges twice and never loses an order.',
    license,
  });
}

const documents: Record<string, object> = {
  'openapi.json': describeApi(),
  'asyncapi.json': describeEvents([...authStreams, ...productStreams, ...orderStreams], {
    title: 'Events of Tradepost',
    version: '1',
    description: 'Everything that happens, told by whom it happened to; CloudEvents 1.0 in structured mode.',
    license: { name: license.name, url: 'https://www.apache.org/licenses/LICENSE-2.0' },
  }),
};

for (const [name, document] of Object.entries(documents)) {
  const file = path.join(docs, name);
  const text = await format(JSON.stringify(document), { ...(await resolveConfig(file)), filepath: file });
  if (!check) {
    await writeFile(file, text);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    console.error(`docs/${name} is not what the code says today: run npm run openapi and commit the file.`);
    process.exitCode = 1;
  }
}
