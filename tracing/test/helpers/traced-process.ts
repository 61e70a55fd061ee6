import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createHttpClient } from '@tradepost/service-kit/http-client.ts';
import { requestContext } from '@tradepost/service-kit/request-context.ts';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import express from 'express';

/** A service in small: a request asks the database and calls another service, whose address is the argument. */
const { TEST_DB_HOST = '', TEST_DB_PORT, TEST_DB_USER = '', TEST_DB_PASSWORD = '' } = process.env;
const database = openDatabase({
  DB_HOST: TEST_DB_HOST,
  DB_PORT: Number(TEST_DB_PORT),
  DB_NAME: 'information_schema',
  DB_USER: TEST_DB_USER,
  DB_PASSWORD: TEST_DB_PASSWORD,
  DB_POOL_SIZE: 1,
});
const planted = `it's "planted",\nhere`;
const other = createHttpClient([process.argv[2] ?? '']);
const app = express().use(requestContext());
app.get('/things', async (_req, res) => {
  await database.select('SELECT :text AS said, :number AS counted', { text: planted, number: 271828 });
  const { status } = await other.call({ method: 'GET', path: '/others' });
  res.json({ status });
});
app.get('/livez', (_req, res) => void res.send('ok'));
const server = createServer(app).listen(0, '127.0.0.1');
await once(server, 'listening');
console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
