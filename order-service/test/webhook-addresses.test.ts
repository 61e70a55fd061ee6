import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testWithIpv6 } from '../../testing/with-ipv6.ts';
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
  'https://[64:ff9b::10.1.2.3]/',
  'https://[64:ff9b:1::5db8:d822]/',
  'https://[::7f00:1]/',
  'https://[fec0::1]/',
  'https://[2002:7f00:1::]/',
  'https://[2001:db8::1]/',
  'https://[100::1]/',
  'https://[::]/',
  'http://93.184.216.34/',
  'https://name:secret@93.184.216.34/',
])('%s is refused', async (url) => {
  expect(await createWebhookClient([]).whyRefused(url)).toEqual(expect.any(String));
});

test.each([
  'https://93.184.216.34/',
  'https://[2606:2800:220:1:248:1893:25c8:1946]/',
  // What DNS64 makes of 93.184.216.34 in a network that has IPv6 only.
  'https://[64:ff9b::5db8:d822]/',
])('the public address of %s is taken', async (url) => {
  expect(await createWebhookClient([]).whyRefused(url)).toBeUndefined();
});

testWithIpv6('a trusted receiver may have an IPv6 address', async () => {
  const inside = createServer((_req, res) => res.writeHead(204).end()).listen(0, '::1');
  await once(inside, 'listening');
  const host = `[::1]:${(inside.address() as AddressInfo).port}`;
  expect(await createWebhookClient([host]).post(`http://${host}/`, '{}', {})).toBe(204);
  await expect(createWebhookClient([]).post(`http://${host}/`, '{}', {})).rejects.toThrow('not an address');
  inside.close();
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
