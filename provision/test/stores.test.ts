import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { openKubernetesSecret } from '../src/kubernetes-secret.ts';
import { openSecretDirectory, readSecrets } from '../src/secret-directory.ts';
import { missingSecrets } from '../src/secrets.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'secrets-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('a directory holds a file for each secret, closed to others, and a second run changes none', async () => {
  const place = path.join(directory, 'new');
  const made = await openSecretDirectory(place).update(missingSecrets);
  expect((await readdir(place)).sort()).toEqual([...made].sort());
  expect((await stat(path.join(place, 'root.password'))).mode & 0o777).toBe(0o440);
  const before = await readSecrets(place);
  expect(await openSecretDirectory(place).update(missingSecrets)).toEqual([]);
  expect(await readSecrets(place)).toEqual(before);
});

test('a run that died while it wrote does not stop the next', async () => {
  await writeFile(path.join(directory, '.root.password.draft'), 'half', { mode: 0o440 });
  const made = await openSecretDirectory(directory).update(missingSecrets);
  expect(made).toContain('root.password');
  expect((await readSecrets(directory))['root.password']).toMatch(/^[\w-]{20}$/);
  expect(await readdir(directory)).not.toContain('.root.password.draft');
});

test('a secret that an operator put there stays', async () => {
  await writeFile(path.join(directory, 'ADMIN_EMAIL'), 'boss@example.com');
  const made = await openSecretDirectory(directory).update(missingSecrets);
  expect(made).not.toContain('ADMIN_EMAIL');
  expect(await readFile(path.join(directory, 'ADMIN_EMAIL'), 'utf8')).toBe('boss@example.com');
});

/** The two calls of the API server that we use, with its rule for a resourceVersion that is no longer the last. */
class FakeApiServer {
  data: Record<string, string> = {};
  version = 1;
  /** What somebody else does between our reading and our writing, once. */
  interference: (() => void) | undefined;
  readonly refused: number[] = [];
  readonly server: Server = createServer((req, res) => {
    if (
      req.url !== '/api/v1/namespaces/here/secrets/tradepost' ||
      req.headers.authorization !== 'Bearer a-token'
    ) {
      res.writeHead(403).end('forbidden');
    } else if (req.method === 'GET') {
      res.end(JSON.stringify({ metadata: { resourceVersion: `${this.version}` }, data: this.data }));
      this.interference?.();
      this.interference = undefined;
    } else {
      void json(req).then((body) =>
        this.#patch(body as { metadata: { resourceVersion: string }; data: object }, res),
      );
    }
  });

  #patch(body: { metadata: { resourceVersion: string }; data: object }, res: ServerResponse): void {
    if (body.metadata.resourceVersion !== `${this.version}`) {
      this.refused.push(this.version);
      res.writeHead(409).end('conflict');
      return;
    }
    this.data = { ...this.data, ...body.data };
    this.version += 1;
    res.end('{}');
  }
}

async function startApi() {
  const api = new FakeApiServer();
  api.server.listen(0, '127.0.0.1');
  await once(api.server, 'listening');
  const account = path.join(directory, 'account');
  await mkdir(account);
  await writeFile(path.join(account, 'namespace'), 'here');
  await writeFile(path.join(account, 'token'), 'a-token');
  const { port } = api.server.address() as AddressInfo;
  const apiServer = `http://127.0.0.1:${port}`;
  return { api, store: openKubernetesSecret({ apiServer, account, name: 'tradepost' }), apiServer, account };
}

test('the Secret of a cluster gets what is missing, in base64', async () => {
  const { api, store } = await startApi();
  const made = await store.update(missingSecrets);
  expect(Object.keys(api.data).sort()).toEqual([...made].sort());
  expect(Buffer.from(api.data.ADMIN_EMAIL ?? '', 'base64').toString()).toBe('admin@tradepost.example');
  const before = { ...api.data };
  expect(await store.update(missingSecrets)).toEqual([]);
  expect(api.data).toEqual(before);
  api.server.close();
});

test('of two that make the Secret at once, the second keeps what the first has made', async () => {
  const { api, store } = await startApi();
  const theirs = Buffer.from('theirs').toString('base64');
  api.interference = () => {
    api.data = { 'root.password': theirs };
    api.version += 1;
  };
  const made = await store.update(missingSecrets);
  expect(api.refused).toEqual([2]);
  expect(api.data['root.password']).toBe(theirs);
  expect(made).not.toContain('root.password');
  api.server.close();
});

test('without the right to it, says which Secret and what the server answered', async () => {
  const { api, apiServer, account } = await startApi();
  const other = openKubernetesSecret({ apiServer, account, name: 'other' });
  await expect(other.update(missingSecrets)).rejects.toThrow(
    'GET of the Secret other answered 403: forbidden',
  );
  api.server.close();
});
