import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseSettings, type SettingsError } from '@tradepost/service-kit/config.ts';
import supertest from 'supertest';
import { settings } from '../src/config.ts';
import { providerKey, type Simulator, startSimulator } from './helpers/simulator.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ switchable: false });
});
afterAll(() => simulator.stop());

const chargeId = randomUUID();
const everything = [
  ['put', `/charges/${chargeId}`],
  ['get', `/charges/${chargeId}`],
  ['delete', `/charges/${chargeId}`],
  ['get', '/charges'],
  ['put', `/refunds/${chargeId}`],
  ['get', `/refunds/${chargeId}`],
] as const;

describe('without the provider key', () => {
  test.each(everything)('%s %s is refused', async (method, path) => {
    const wrong = [
      undefined,
      `Bearer ${providerKey.slice(0, -1)}`,
      `Bearer ${providerKey}x`,
      `Bearer ${providerKey.toUpperCase()}`,
      `Basic ${providerKey}`,
      providerKey,
      'Bearer ',
    ];
    for (const authorization of wrong) {
      const sent = supertest(simulator.url)[method](`/provider/v1${path}`);
      const answer = await (authorization === undefined ? sent : sent.set('Authorization', authorization));
      expect(answer.status).toBe(401);
      expect(answer.body.code).toBe('unauthenticated');
      expect(answer.get('WWW-Authenticate')).toBe('Bearer');
    }
  });

  test('nothing has happened', async () => {
    expect(await simulator.database.select('SELECT id FROM charges')).toEqual([]);
  });
});

describe('in production', () => {
  test.each(['get', 'put', 'delete'] as const)('nobody switches faults: %s', async (method) => {
    expect((await simulator.send(method, '/faults').expect(404)).body.code).toBe('not-found');
  });

  test('a wrong method is answered before the key is asked for', async () => {
    const answer = await supertest(simulator.url).post(`/provider/v1/charges/${chargeId}`).expect(405);
    expect(answer.get('Allow')).toBe('PUT, GET, DELETE, HEAD, OPTIONS');
  });
});

describe('settings', () => {
  const database = { DB_HOST: 'x', DB_NAME: 'paymentsDB', DB_USER: 'payment_simulator', DB_PASSWORD: 'x' };
  const faultsOf = (environment: Record<string, string>): string[] => {
    try {
      parseSettings(settings, environment);
      return [];
    } catch (error) {
      return (error as SettingsError).faults.map((fault) => fault.split(':')[0] ?? '');
    }
  };

  test('are those of the database and the key, and no others', () => {
    expect(faultsOf({}).sort()).toEqual([...Object.keys(database), 'PAYMENT_PROVIDER_KEY'].sort());
    const config = parseSettings(settings, { ...database, PAYMENT_PROVIDER_KEY: providerKey });
    expect(config).toMatchObject({ PAYMENT_PROVIDER_KEY: providerKey, FAULT_SEED: 'tradepost', PORT: 3000 });
    expect(Object.keys(config).filter((name) => /^(JWT|SERVICE)_/.test(name))).toEqual([]);
  });

  test.each(['fifteen-letters', 'sixteen letters!', 'sixteen-lettérs!'])(
    'refuse %j as a key, which is too short or no header could carry',
    (key) => {
      expect(faultsOf({ ...database, PAYMENT_PROVIDER_KEY: key })).toEqual(['PAYMENT_PROVIDER_KEY']);
    },
  );
});
