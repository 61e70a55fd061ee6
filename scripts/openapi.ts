import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Route } from '@tradepost/service-kit/route.ts';
import { format, resolveConfig } from 'prettier';
import { publicRoutes as authRoutes } from '../auth-service/src/routes.ts';
import { streams as authStreams } from '../auth-service/src/events.ts';
import { listenedTopics } from '../order-service/src/listened-topics.ts';
import { streams as orderStreams } from '../order-service/src/events.ts';
import { publicRoutes as productRoutes } from '../product-service/src/app.ts';
import { streams as productStreams } from '../product-service/src/events.ts';
import { readCall } from './commands/read-call.ts';
import { describeEvents } from './openapi/describe-events.ts';
import { describeRoutes } from './openapi/describe-routes.ts';
import { listEventTypes } from './openapi/list-event-types.ts';

/**
 * npm run openapi: writes the document of all routes behind Nginx, the document of all events, and the types of events
 * that webhooks can get. With --check it only compares.
 */
const { check } = readCall('openapi').options;
const root = path.join(import.meta.dirname, '..');
const license = { name: 'Apache-2.0', identifier: 'Apache-2.0' };

/** Routes are described, never called: their dependencies are not needed. */
const routesOf = (make: (dependencies: never) => Record<string, Route[]>) => make({} as never);

async function writeOrCompare(name: string, text: string): Promise<void> {
  const file = path.join(root, name);
  const formatted = await format(text, { ...(await resolveConfig(file)), filepath: file });
  if (!check) {
    await writeFile(file, formatted);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== formatted) {
    console.error(`${name} is not what the code says today: run npm run openapi and commit the file.`);
    process.exitCode = 1;
  }
}

async function describeApi(): Promise<object> {
  // The schemas of webhooks list the types of events, which are written first.
  const { publicRoutes: orderRoutes } = await import('../order-service/src/routes.ts');
  const routes = { ...routesOf(authRoutes), ...routesOf(productRoutes), ...routesOf(orderRoutes) };
  return describeRoutes(routes, '/api/v1', {
    title: 'Tradepost',
    version: '1',
    description: 'A marketplace that never oversells, never charges twice and never loses an order.',
    license,
  });
}

const streams = [...authStreams, ...productStreams, ...orderStreams];
await writeOrCompare('order-service/src/event-types/event-types.ts', listEventTypes(streams, listenedTopics));
await writeOrCompare('docs/openapi.json', JSON.stringify(await describeApi()));
const events = describeEvents(streams, {
  title: 'Events of Tradepost',
  version: '1',
  description: 'Everything that happens, told by whom it happened to; CloudEvents 1.0 in structured mode.',
  license: { name: license.name, url: 'https://www.apache.org/licenses/LICENSE-2.0' },
});
await writeOrCompare('docs/asyncapi.json', JSON.stringify(events));
