import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testWithIpv6 } from '../../testing/with-ipv6.ts';
import { nginxTemplate } from '../../scripts/local/nginx-server.ts';

let directory: string;
let script: string;

/** The script of the image, with the template of this checkout; Nginx itself does not start. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tradepost-entrypoint-'));
  const source = await readFile(join(import.meta.dirname, '../entrypoint.sh'), 'utf8');
  script = join(directory, 'entrypoint.sh');
  await writeFile(script, source.replace('/etc/nginx/tradepost.conf.template', nginxTemplate));
  await writeProgram('nginx', 'exit 0');
  await writeProgram('hostname', 'echo $ADDRESSES');
  // Ends the loop that follows the certificate.
  await writeProgram('sleep', 'exit 1');
});
afterAll(() => rm(directory, { recursive: true }));

async function writeProgram(name: string, body: string): Promise<void> {
  await writeFile(join(directory, name), `#!/bin/sh\n${body}\n`);
  await chmod(join(directory, name), 0o755);
}

interface Rendered {
  status: number | null;
  stderr: string;
  config: string;
}

/** The configuration that the image makes in a container with these addresses. */
async function render(settings: Record<string, string>, inside: string[] = []): Promise<Rendered> {
  const env = { PATH: `${directory}:${process.env.PATH ?? ''}`, RUN_DIR: directory, ...settings };
  const { status, stderr } = spawnSync('env', [...inside, 'sh', script], { env, encoding: 'utf8' });
  const config = status === 0 ? await readFile(join(directory, 'nginx.conf'), 'utf8') : '';
  return { status, stderr, config };
}

const listeners = (config: string): string[] =>
  config.match(/^ *listen [^;]+;/gm)?.map((line) => line.trim()) ?? [];

testWithIpv6('the door and the probes listen on both families', async () => {
  const { config, stderr } = await render({ ADDRESSES: '10.0.0.5' });
  expect(listeners(config)).toEqual([
    'listen 8080 default_server backlog=4096;',
    'listen [::]:8080 default_server backlog=4096;',
    'listen 8081 default_server;',
    'listen [::]:8081 default_server;',
  ]);
  expect(stderr).toBe('');
});

testWithIpv6('with a certificate, the door speaks TLS on both families', async () => {
  const file = join(directory, 'hostname');
  const { config } = await render({
    ADDRESSES: '',
    TLS_CERTIFICATE_FILE: file,
    TLS_KEY_FILE: file,
    LISTEN: '8443',
  });
  expect(listeners(config).slice(0, 2)).toEqual([
    'listen 8443 ssl default_server backlog=4096;',
    'listen [::]:8443 ssl default_server backlog=4096;',
  ]);
});

test('a listener that is given as an address is left as it is', async () => {
  const { config } = await render({
    ADDRESSES: '',
    LISTEN: '[fd00::1]:8080',
    PROBE_LISTEN: '127.0.0.1:8081',
  });
  expect(listeners(config)).toEqual([
    'listen [fd00::1]:8080 default_server backlog=4096;',
    'listen 127.0.0.1:8081 default_server;',
  ]);
});

// Fails without the right to make a namespace, whose loopback is down and has no address.
const emptyNetwork = ['unshare', '--net', '--map-root-user'];
const canUnshare = spawnSync(emptyNetwork[0]!, [...emptyNetwork.slice(1), 'true']).status === 0;
if (!canUnshare) console.warn('A network without IPv6 is not tried: this user may not make a namespace.');

(canUnshare ? test : test.skip)(
  'where IPv6 is off, IPv4 is listened on, and the log says so once',
  async () => {
    const { config, stderr } = await render({ ADDRESSES: '10.0.0.5' }, emptyNetwork);
    expect(listeners(config)).toEqual([
      'listen 8080 default_server backlog=4096;',
      'listen 8081 default_server;',
    ]);
    expect(stderr.match(/IPv4 only/g)).toHaveLength(1);
  },
);

test.each([
  ['IPv4', '10.0.0.5', true, 64],
  ['both families', '10.0.0.5 fd00:10::5', false, 32],
  ['IPv6', 'fd00:10::5', false, 64],
  ['IPv6 with a way out over IPv4', '169.254.172.2 fd00:10::5', false, 64],
])('in a network of %s, names are asked for accordingly', async (_what, addresses, isOff, atOnce) => {
  const { config } = await render({ ADDRESSES: addresses });
  expect(config.includes('ipv6=off')).toBe(isOff);
  // Each name is listed twice, and stands for one address of each family.
  const limit = `resolve max_conns=${atOnce} max_fails=0;`;
  expect(config.split(limit)).toHaveLength(7);
});

test('an upstream may be an IPv6 address', async () => {
  const { config } = await render({ ADDRESSES: 'fd00::5', AUTH_SERVICE: '[fd00::7]:3000' });
  expect(config).toContain('server [fd00::7]:3000 resolve ');
});

test('hosts and origins may be IPv6 addresses, and a host has no port', async () => {
  const good = { ADDRESSES: '', PUBLIC_HOSTS: 'shop.example,[::1]', CORS_ORIGINS: 'http://[::1]:5173' };
  const { config } = await render(good);
  expect(config).toContain('"[::1]" "";');
  expect(config).toContain('"http://[::1]:5173" "http://[::1]:5173";');
  for (const host of ['shop.example:8080', '[::1]:8080', '[', 'shop];'])
    expect(await render({ ...good, PUBLIC_HOSTS: host })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('PUBLIC_HOSTS holds'),
    });
});

test('a trusted proxy may be an IPv6 network', async () => {
  const { config } = await render({ ADDRESSES: '', TRUSTED_PROXIES: 'fd00::/8,10.0.0.0/8' });
  expect(config).toContain('set_real_ip_from fd00::/8;');
});
