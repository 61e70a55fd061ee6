import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { parseSettings, settings, SettingsError, urlList } from '@tradepost/service-kit/config.ts';
import { z } from 'zod';

const directory = mkdtempSync(path.join(tmpdir(), 'settings-'));
afterAll(() => rmSync(directory, { recursive: true }));

const complete = {
  DB_HOST: 'localhost',
  DB_NAME: 'thingsDB',
  DB_USER: 'things',
  DB_PASSWORD: 'secret',
  SERVICE_KEY_FILE: '/keys/own.json',
  SERVICE_PUBLIC_KEYS_FILE: '/keys/public.json',
};

function faultsOf(...given: Parameters<typeof parseSettings>): string[] {
  try {
    parseSettings(...given);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

test('have the documented defaults', () => {
  expect(parseSettings(settings, complete)).toMatchObject({
    HOST: '::',
    PORT: 3000,
    INTERNAL_PORT: 3100,
    OPS_PORT: 9100,
    LOG_LEVEL: 'info',
    DB_PORT: 3306,
    DB_POOL_SIZE: 10,
    JWT_ISSUER: 'tradepost',
    NODE_ENV: 'development',
  });
});

test('name every fault at once', () => {
  const { DB_HOST: _host, ...rest } = complete;
  const faults = faultsOf(settings, { ...rest, PORT: '70000', LOG_LEVEL: 'loud', DB_POOL_SIZE: '1.5' });
  expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual([
    'DB_HOST',
    'DB_POOL_SIZE',
    'LOG_LEVEL',
    'PORT',
  ]);
});

test('say all faults in the message, one on each line', () => {
  const error = new SettingsError(['A: is wrong', 'B: is missing']);
  expect(error.message).toBe('2 wrong or missing settings:\n  A: is wrong\n  B: is missing');
});

test('come from the file that NAME_FILE names, without its last line break', () => {
  const file = path.join(directory, 'password');
  writeFileSync(file, 'from a file\n');
  const { DB_PASSWORD: _password, ...rest } = complete;
  expect(parseSettings(settings, { ...rest, DB_PASSWORD_FILE: file }).DB_PASSWORD).toBe('from a file');
  expect(parseSettings(settings, { ...complete, DB_PASSWORD_FILE: file }).DB_PASSWORD).toBe('secret');
});

test('name the file that cannot be read', () => {
  const { DB_PASSWORD: _password, ...rest } = complete;
  const faults = faultsOf(settings, {
    ...rest,
    PORT: 'x',
    DB_PASSWORD_FILE: path.join(directory, 'missing'),
  });
  expect(faults.some((fault) => fault.startsWith('DB_PASSWORD_FILE cannot be read'))).toBe(true);
  expect(faults.some((fault) => fault.startsWith('PORT:'))).toBe(true);
});

test('count as not set when empty', () => {
  expect(parseSettings(settings, { ...complete, PORT: '', DB_MIGRATION_USER: '' })).toMatchObject({
    PORT: 3000,
  });
  expect(faultsOf(settings, { ...complete, DB_HOST: '' })).toEqual([expect.stringContaining('DB_HOST')]);
});

test('can have rules that concern several of them', () => {
  const shape = { LOW: z.coerce.number(), HIGH: z.coerce.number() };
  const rule = ({ LOW, HIGH }: { LOW: number; HIGH: number }) => (LOW > HIGH ? ['LOW: is above HIGH'] : []);
  expect(parseSettings(shape, { LOW: '1', HIGH: '2' }, rule)).toEqual({ LOW: 1, HIGH: 2 });
  expect(() => parseSettings(shape, { LOW: '3', HIGH: '2' }, rule)).toThrow('LOW: is above HIGH');
});

test('may name hosts and addresses by IPv6', () => {
  const given = { ...complete, DB_HOST: '[::1]', HOST: '[::1]' };
  expect(parseSettings(settings, given)).toMatchObject({ DB_HOST: '::1', HOST: '::1' });
  expect(parseSettings(settings, { ...complete, DB_HOST: 'fd00::1' })).toMatchObject({ DB_HOST: 'fd00::1' });
  expect(urlList.parse('http://[::1]:3100,http://[fd00::2]:3100')).toHaveLength(2);
});

test('may list several addresses', () => {
  expect(urlList.parse('http://a:1, http://b:2')).toEqual(['http://a:1', 'http://b:2']);
  expect(urlList.safeParse('http://a:1,ftp://b').success).toBe(false);
});
