import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { selfSignedCertificate } from '../../scripts/local/self-signed-certificate.ts';
import { testWithIpv6 } from '../../testing/with-ipv6.ts';
import { smtpSender } from '../src/messages/smtp-sender.ts';

let server: Server;
afterEach(() => void server.close());

const send = (protocol: string, deadlineMs?: number, host = '127.0.0.1') => {
  const url = `${protocol}://${host}:${(server.address() as AddressInfo).port}`;
  const message = { to: 'ada@example.org', channel: 'email', subject: 'Hello', text: 'some text' } as const;
  const deliver = smtpSender({ url, from: 'shop@tradepost.example' }, deadlineMs);
  return deliver({ ...message, id: 'x', createdAt: new Date() });
};

/** Greets, and then answers without an end. */
function talk(socket: Socket): void {
  socket.write('220 fake.example ESMTP\r\n');
  const talking = setInterval(() => socket.write('250-still.example\r\n'), 20);
  socket.on('close', () => clearInterval(talking));
  socket.on('error', () => undefined);
}

test('a mail server that talks without an end is left after the deadline', async () => {
  server = createServer(talk).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const startedAt = performance.now();
  await expect(send('smtp', 500)).rejects.toThrow();
  expect(performance.now() - startedAt).toBeLessThan(2_500);
  server.close();
  // It waits until the connection is closed.
  await once(server, 'close');
});

testWithIpv6('a mail server may have an IPv6 address', async () => {
  let greeted = false;
  server = createServer((socket) => {
    greeted = true;
    socket.end('421 fake.example is away\r\n');
  }).listen(0, '::1');
  await once(server, 'listening');
  await expect(send('smtp', 500, '[::1]')).rejects.toThrow('421');
  expect(greeted).toBe(true);
});

test('nobody is believed to be a mail server over TLS whom nobody has vouched for', async () => {
  const { certificate, privateKey } = await selfSignedCertificate(1);
  const said: string[] = [];
  server = createTlsServer({ cert: certificate, key: privateKey }, (socket) => {
    socket.on('data', (chunk) => said.push(String(chunk)));
    talk(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await expect(send('smtps')).rejects.toThrow('self-signed certificate');
  expect(said).toEqual([]);
});
