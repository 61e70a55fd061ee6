import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { buildSite, renderProblems } from '../build-site.ts';
import { nginxTemplate, renderTemplate, writeNginxConfig } from '../../scripts/local/nginx-server.ts';
import { selfSignedCertificate } from '../../scripts/local/self-signed-certificate.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tradepost-config-'));
});

afterEach(() => rm(directory, { recursive: true }));

function plan(upstreams = { 'auth-service': [1], 'product-service': [2], 'order-service': [3, 4] }) {
  return {
    runDirectory: join(directory, 'run'),
    siteDirectory: directory,
    port: 18_080,
    probePort: 18_081,
    upstreams,
  };
}

test('every place in the template is filled in', async () => {
  const written = await readFile(await writeNginxConfig(plan()), 'utf8');
  expect(written).not.toContain('${');
  expect(written).toContain(
    'server 127.0.0.1:3 max_conns=128 max_fails=1 fail_timeout=0; server 127.0.0.1:4 max_conns=128 ',
  );
});

test('the template has only places that envsubst fills in, none of which Nginx takes for a variable', async () => {
  const places = (await readFile(nginxTemplate, 'utf8')).match(/\$\{[^}]*\}/g) ?? [];
  expect(places.filter((place) => !/^\$\{[A-Z_]+\}$/.test(place))).toEqual([]);
});

test('the path of the checkout is no part of the configuration, whatever it holds', async () => {
  const odd = join(directory, `a b$c"d'e;f%41\u00e9#{x}\\y`);
  const [certificateFile, keyFile] = [join(odd, 'tls/certificate.pem'), join(odd, 'tls/key.pem')];
  const { certificate, privateKey } = await selfSignedCertificate(1);
  await mkdir(join(odd, 'tls'), { recursive: true });
  await writeFile(certificateFile, certificate);
  await writeFile(keyFile, privateKey);
  const own = { runDirectory: join(odd, 'nginx'), siteDirectory: join(odd, 'site') };
  // Nginx itself reads it here.
  const file = await writeNginxConfig({ ...plan(), ...own, settings: { tls: { certificateFile, keyFile } } });
  expect(file).toBe(join(odd, 'nginx/nginx.conf'));
  const written = await readFile(file, 'utf8');
  expect(written).toContain('root "../site";');
  expect(written).toContain(
    'ssl_certificate "../tls/certificate.pem"; ssl_certificate_key "../tls/key.pem";',
  );
});

test('a path that Nginx cannot be told is refused', async () => {
  const siteDirectory = join(directory, 'a$b');
  await expect(writeNginxConfig({ ...plan(), siteDirectory })).rejects.toThrow('cannot read the path ../a$b');
});

test('a place nobody fills in is named', () => {
  expect(() => renderTemplate('a ${NEW_PLACE};', {})).toThrow('The Nginx template asks for NEW_PLACE');
});

test('what Nginx refuses is one sentence that quotes it', async () => {
  const template = join(directory, 'bad.template');
  await writeFile(template, 'events { }\nhttp { nonsense on; }\n');
  await expect(writeNginxConfig({ ...plan(), template })).rejects.toThrow(
    /^Nginx refuses the configuration in \S+: unknown directive "nonsense" in \S+\.$/,
  );
});

test.each([
  ['CORS_ORIGINS', { corsOrigins: ['https://shop.example"; deny all; #'] }],
  ['CORS_ORIGINS', { corsOrigins: ['*'] }],
  ['PUBLIC_HOSTS', { publicHosts: ['shop.example;'] }],
  ['TRUSTED_PROXIES', { trustedProxies: ['10.0.0.0/8; deny all'] }],
])('%s that would become another directive is refused', async (name, settings) => {
  await expect(writeNginxConfig({ ...plan(), settings })).rejects.toThrow(`${name}: holds `);
});

test('a service without a replica and a missing program are named', async () => {
  const none = { 'auth-service': [], 'product-service': [2], 'order-service': [3] };
  await expect(writeNginxConfig(plan(none))).rejects.toThrow('at least one replica of auth-service');
  await expect(writeNginxConfig({ ...plan(), program: '/nowhere/nginx' })).rejects.toThrow(
    '/nowhere/nginx could not be started',
  );
});

test('without openapi.json the site says how to make it', async () => {
  const openapi = join(directory, 'openapi.json');
  await expect(buildSite(directory, { openapi })).rejects.toThrow(
    /openapi\.json: write it with npm run openapi\.$/,
  );
  await writeFile(openapi, '{');
  await expect(buildSite(join(directory, 'site'), { openapi })).rejects.toThrow('is not JSON');
});

test('each code becomes an anchor', () => {
  expect(renderProblems('# Problems\n\n## not-found\n\nStatus: 404\n')).toBe(
    '<h1>Problems</h1>\n<h2 id="not-found">not-found</h2>\n<p>Status: 404</p>\n',
  );
});
