import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { JsonWebKey } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rotateServiceKeys } from '../src/rotate-service-keys.ts';
import { openSecretDirectory, readSecrets, type SecretStore } from '../src/secret-directory.ts';
import { missingSecrets, type Secrets } from '../src/secrets.ts';
import { signingServices } from '../src/service-keys.ts';

const pauses = { publishMs: 30, signMs: 30 };
const ignore = (): void => undefined;
let directory: string;
let store: SecretStore;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'service-keys-'));
  store = openSecretDirectory(directory);
  await store.update(missingSecrets);
});
afterEach(() => rm(directory, { recursive: true }));

const current = (kept: Secrets, service: string): JsonWebKey =>
  JSON.parse(kept[`${service}.key.json`] ?? '{}');
const kids = (kept: Secrets, service: string): unknown[] =>
  JSON.parse(kept['public-keys.json'] ?? '{}')[service].keys.map(({ kid }: JsonWebKey) => kid);

/** Sees what is kept after each write. */
function watch(): { watched: SecretStore; states: Secrets[] } {
  const states: Secrets[] = [];
  const watched: SecretStore = {
    async update(change) {
      const names = await store.update(change);
      if (names.length > 0) states.push(await readSecrets(directory));
      return names;
    },
  };
  return { watched, states };
}

test('each service gets a new key, and callees know both as long as both may come', async () => {
  const before = await readSecrets(directory);
  const { watched, states } = watch();
  await rotateServiceKeys(watched, pauses, ignore);
  expect(states).toHaveLength(3);
  const [published, signed, withdrawn] = states as [Secrets, Secrets, Secrets];
  for (const service of signingServices) {
    const [old, next] = [current(before, service).kid, current(withdrawn, service).kid];
    expect(next).not.toBe(old);
    expect([current(published, service).kid, kids(published, service)]).toEqual([old, [next, old]]);
    expect([current(signed, service).kid, kids(signed, service)]).toEqual([next, [next, old]]);
    expect(kids(withdrawn, service)).toEqual([next]);
  }
  expect(withdrawn['next-service-keys.json']).toBe('{}');
  expect(withdrawn['public-keys.json']).not.toContain('"d"');
});

test.each([1, 2])('what was interrupted after step %d is gone on with, not begun anew', async (step) => {
  const { watched, states } = watch();
  let taken = 0;
  const dying: SecretStore = {
    update: async (change) => {
      if (taken === step) throw new Error('killed');
      const names = await watched.update(change);
      if (names.length > 0) taken += 1;
      return names;
    },
  };
  await expect(rotateServiceKeys(dying, pauses, ignore)).rejects.toThrow('killed');
  const said: string[] = [];
  await rotateServiceKeys(watched, pauses, (message) => said.push(message));
  expect(said[0]).toBe('going on with a rotation that was interrupted');
  expect(states).toHaveLength(3);
  const [published, , withdrawn] = states as [Secrets, Secrets, Secrets];
  for (const service of signingServices)
    expect([current(withdrawn, service).kid]).toEqual(kids(published, service).slice(0, 1));
});

test('a crash between the files of the first step leaves nothing that is taken for published', async () => {
  const dying: SecretStore = {
    update: async (change) => {
      const [first] = Object.entries(change(await readSecrets(directory)));
      if (first === undefined) return [];
      await store.update(() => Object.fromEntries([first]));
      throw new Error('killed');
    },
  };
  await expect(rotateServiceKeys(dying, pauses, ignore)).rejects.toThrow('killed');
  const { watched, states } = watch();
  await rotateServiceKeys(watched, pauses, ignore);
  const signed = states.at(-2)!;
  for (const service of signingServices)
    expect(kids(signed, service)).toContain(current(signed, service).kid);
});

test('a second rotation at the same time stops before it takes a step too early', async () => {
  const [one, other] = await Promise.allSettled([
    rotateServiceKeys(store, { publishMs: 60, signMs: 200 }, ignore),
    new Promise((resolve) => setTimeout(resolve, 20)).then(() =>
      rotateServiceKeys(store, { publishMs: 150, signMs: 200 }, ignore),
    ),
  ]);
  expect([one.status, other.status]).toEqual(['fulfilled', 'rejected']);
  const kept = await readSecrets(directory);
  for (const service of signingServices) expect(kids(kept, service)).toEqual([current(kept, service).kid]);
});

test('nothing else is touched, and a later start finds nothing missing', async () => {
  const before = await readSecrets(directory);
  await rotateServiceKeys(store, pauses, ignore);
  const after = await readSecrets(directory);
  const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
  expect(changed.sort()).toEqual(
    [
      ...signingServices.map((service) => `${service}.key.json`),
      'next-service-keys.json',
      'public-keys.json',
    ].sort(),
  );
  expect(missingSecrets(after)).toEqual({});
});
