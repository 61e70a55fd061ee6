import { expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  authenticateServices,
  readSigningKey,
  serviceAuthorization,
} from '@tradepost/service-kit/authenticate.ts';
import { writeServiceKeys } from '../../testing/service-keys.ts';

/** A little more than the time after which a process looks at its files again. */
const untilReadMs = 5_100;

const readSets = (file: string): Record<string, { keys: object[] }> =>
  JSON.parse(readFileSync(file, 'utf8')) as Record<string, { keys: object[] }>;
const first = writeServiceKeys(['alpha']);
const second = writeServiceKeys(['alpha']);
const bearerOf = (file: string): string => serviceAuthorization(readSigningKey(file), 'alpha', 'beta')();

/** Keys of the two directories have the same kid; here they need their own. */
function rename(file: string, kid: string): void {
  const key = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...key, kid }));
}

test('a callee takes up a second key, and forgets the first, without a restart', async () => {
  rename(second.keyFile('alpha'), 'alpha-2');
  const [ofFirst, ofSecond] = [bearerOf(first.keyFile('alpha')), bearerOf(second.keyFile('alpha'))];
  const authenticate = authenticateServices(first.publicKeysFile, 'beta');
  await expect(authenticate(ofFirst)).resolves.toMatchObject({ id: 'alpha' });
  await expect(authenticate(ofSecond)).rejects.toMatchObject({ status: 401 });

  const [[oldKey], [newKey]] = [first, second].map(
    ({ publicKeysFile }) => readSets(publicKeysFile).alpha?.keys ?? [],
  ) as [object[], object[]];
  const next = { ...newKey, kid: 'alpha-2' };
  writeFileSync(first.publicKeysFile, JSON.stringify({ alpha: { keys: [next, oldKey] } }));
  await sleep(untilReadMs);
  await expect(authenticate(ofFirst)).resolves.toMatchObject({ id: 'alpha' });
  await expect(authenticate(ofSecond)).resolves.toMatchObject({ id: 'alpha' });

  writeFileSync(first.publicKeysFile, '{"alpha":');
  await sleep(untilReadMs);
  await expect(authenticate(ofSecond)).resolves.toMatchObject({ id: 'alpha' });

  writeFileSync(first.publicKeysFile, JSON.stringify({ alpha: { keys: [next] } }));
  await sleep(untilReadMs);
  await expect(authenticate(ofFirst)).rejects.toMatchObject({ status: 401 });
  await expect(authenticate(ofSecond)).resolves.toMatchObject({ id: 'alpha' });
});

test('a file that cannot be read at the start ends the process, not a call', () => {
  expect(() => authenticateServices('/there/is/no/such/file', 'beta')).toThrow('ENOENT');
  expect(() => serviceAuthorization(() => readSigningKey('/no/such/file'), 'alpha', 'beta')).toThrow(
    'ENOENT',
  );
});
