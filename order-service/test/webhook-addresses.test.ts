import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createWebhookClient } from '../src/clients/webhook-client.ts';

const server = createServer((req, res) => {
  reached.push(req.url ?? '');
  if (req.url === '/redirect') res.writeHead(307, { Location: `http://127.0.0.1:${port()}/inside` }).end();
  else res.writeHead(204).end();
});
const reached: string[] = [];
const port = (): number => (server.address() as AddressInfo).port;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.close();
});

test.each([
  'https://127.0.0.1/',
  'https://localhost/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[fd00::1]/',
  'https://[fe80::1]/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://100.64.0.1/',
  'https://0.0.0.0/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://[64:ff9b::7f00:1]/',
  'http://93.184.216.34/',
  'https://name:secret@93.184.216.34/',
])('%s is refused', async (url) => {
  expect(await createWebhookClient([]).whyRefused(url)).toEqual(expect.any(String));
});

test('a public address is taken', async () => {
  expect(await createWebhookClient([]).whyRefused('https://93.184.216.34/')).toBeUndefined();
});

test('a name that means something inside by now is not connected to', async () => {
  const url = `http://localhost:${port()}/renamed`;
  await expect(createWebhookClient([]).post(url, '{}', {})).rejects.toThrow(
    'not an address of the public internet',
  );
  await expect(createWebhookClient([]).post(`http://127.0.0.1:${port()}/`, '{}', {})).rejects.toThrow(
    'not an address',
  );
  expect(reached).toEqual([]);
});

test('a redirect is an answer, and is not followed', async () => {
  const client = createWebhookClient([`127.0.0.1:${port()}`]);
  expect(await client.post(`http://127.0.0.1:${port()}/redirect`, '{}', {})).toBe(307);
  expect(reached).toEqual(['/redirect']);
});
