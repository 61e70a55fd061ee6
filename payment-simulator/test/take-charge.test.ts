import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { captured, declined, euros, orderId, type Simulator, startSimulator } from './helpers/simulator.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => {
  simulator.naps.length = 0;
});
afterAll(() => simulator.stop());

async function sends(chargeId: string): Promise<number | undefined> {
  const sql = 'SELECT sends FROM charges WHERE id = :chargeId';
  const [row] = await simulator.database.select<{ sends: number }>(sql, { chargeId });
  return row?.sends;
}

describe('a charge', () => {
  test.each([
    ['tok_ok', captured],
    ['tok_flaky_0', captured],
    ['tok_slow_0', captured],
    ['tok_insufficient_funds', declined('insufficient_funds')],
    ['tok_flaky_101', declined('invalid_token')],
    ['tok_slow_60001', declined('invalid_token')],
    ['tok_flaky_-1', declined('invalid_token')],
    ['tok_slow_', declined('invalid_token')],
    ['TOK_OK', declined('invalid_token')],
    ['tok_ok ', declined('invalid_token')],
    ['4111 1111 1111 1111', declined('invalid_token')],
  ])('with %s comes to rest at once, and stays so', async (token, outcome) => {
    const chargeId = randomUUID();
    expect((await simulator.charge(chargeId, { token }).expect(200)).body).toEqual(outcome);
    expect((await simulator.charge(chargeId, { token }).expect(200)).body).toEqual(outcome);
    expect((await simulator.inquire(chargeId).expect(200)).body).toEqual(outcome);
    expect(simulator.naps).toEqual([]);
  });

  test('of nothing is captured, too', async () => {
    const answer = await simulator.charge(randomUUID(), { amount: euros(0) }).expect(200);
    expect(answer.body).toEqual(captured);
  });

  test('is known by its id whatever its letters’ case', async () => {
    const chargeId = randomUUID();
    await simulator.charge(chargeId.toUpperCase()).expect(200);
    expect((await simulator.inquire(chargeId).expect(200)).body).toEqual(captured);
  });

  test('that was never received is unknown', async () => {
    expect((await simulator.inquire(randomUUID()).expect(404)).body.code).toBe('not-found');
  });

  test.each([
    ['order', { orderId: randomUUID() }],
    ['amount', { amount: euros(2000) }],
    ['currency', { amount: { amount: 1999, currency: 'USD' } }],
    ['token', { token: 'tok_insufficient_funds' }],
  ])('sent again with another %s is refused, and nothing changes', async (_what, other) => {
    const chargeId = randomUUID();
    await simulator.charge(chargeId).expect(200);
    expect((await simulator.charge(chargeId, other).expect(422)).body.code).toBe('charge-differs');
    expect((await simulator.charge(chargeId).expect(200)).body).toEqual(captured);
    expect(await sends(chargeId)).toBe(2);
  });

  test('sent again with another payload is refused while it is open, too', async () => {
    const chargeId = randomUUID();
    await simulator.charge(chargeId, { token: 'tok_timeout' }).expect(503);
    expect((await simulator.charge(chargeId).expect(422)).body.code).toBe('charge-differs');
    await simulator.inquire(chargeId).expect(404);
  });

  test('with faults is refused, and all of them are named', async () => {
    const answer = await simulator.send('put', '/charges/1', { amount: euros(-1), method: 'cash', more: 1 });
    expect(answer.status).toBe(400);
    const faults = (answer.body.errors as { pointer?: string; parameter?: string }[]).map(
      ({ pointer, parameter }) => pointer ?? parameter,
    );
    expect([...new Set(faults)].sort()).toEqual(
      ['/amount/amount', '/method', '/more', '/orderId', '/token', 'chargeId'].sort(),
    );
  });
});

describe('a soft failure', () => {
  test('of tok_timeout comes too late, captures nothing, and may be repeated', async () => {
    const chargeId = randomUUID();
    for (const attempt of [1, 2]) {
      const answer = await simulator.charge(chargeId, { token: 'tok_timeout' }).expect(503);
      expect(answer.body.code).toBe('unavailable');
      expect(answer.get('Retry-After')).toBe('1');
      await simulator.inquire(chargeId).expect(404);
      expect(await sends(chargeId)).toBe(attempt);
    }
    expect(simulator.naps).toEqual([10_000, 10_000]);
  });

  test('of tok_flaky_3 happens three times, at once', async () => {
    const chargeId = randomUUID();
    const token = 'tok_flaky_3';
    for (const status of [503, 503, 503]) {
      await simulator.inquire(chargeId).expect(404);
      expect((await simulator.charge(chargeId, { token })).status).toBe(status);
    }
    expect((await simulator.charge(chargeId, { token }).expect(200)).body).toEqual(captured);
    expect((await simulator.charge(chargeId, { token }).expect(200)).body).toEqual(captured);
    expect(await sends(chargeId)).toBe(5);
    expect(simulator.naps).toEqual([]);
  });

  test('does not count sends of another payload', async () => {
    const chargeId = randomUUID();
    await simulator.charge(chargeId, { token: 'tok_flaky_2' }).expect(503);
    await simulator.charge(chargeId, { token: 'tok_flaky_1' }).expect(422);
    await simulator.charge(chargeId, { token: 'tok_flaky_2' }).expect(503);
    await simulator.charge(chargeId, { token: 'tok_flaky_2' }).expect(200);
  });
});

describe('tok_random', () => {
  test('comes to rest as one thing or the other, and every repeat is told at once', async () => {
    const charge = (chargeId: string) => simulator.charge(chargeId, { token: 'tok_random' });
    for (let round = 0; round < 30; round += 1) {
      const chargeId = randomUUID();
      let answer = await charge(chargeId);
      while (answer.status === 503) answer = await charge(chargeId);
      expect([captured, declined('do_not_honor')]).toContainEqual(answer.body);
      simulator.naps.length = 0;
      for (let repeat = 0; repeat < 5; repeat += 1) {
        expect((await charge(chargeId).expect(200)).body).toEqual(answer.body);
      }
      expect(simulator.naps).toEqual([]);
    }
  });
});

describe('an answer', () => {
  test('of tok_lost_response never arrives; only the inquiry finds the capture', async () => {
    const chargeId = randomUUID();
    const found: unknown[] = [];
    simulator.whileAsleep = async () => found.push((await simulator.inquire(chargeId)).body);
    await simulator.charge(chargeId, { token: 'tok_lost_response' }).expect(503);
    await simulator.charge(chargeId, { token: 'tok_lost_response' }).expect(503);
    simulator.whileAsleep = () => Promise.resolve();
    expect(found).toEqual([captured, captured]);
    expect(simulator.naps).toEqual([10_000, 10_000]);
  });

  test('of tok_slow_1500 comes after its time, and the capture with it', async () => {
    const chargeId = randomUUID();
    const found: number[] = [];
    simulator.whileAsleep = async () => found.push((await simulator.inquire(chargeId)).status);
    const answer = await simulator.charge(chargeId, { token: 'tok_slow_1500' }).expect(200);
    simulator.whileAsleep = () => Promise.resolve();
    expect(answer.body).toEqual(captured);
    expect(found).toEqual([404]);
    await simulator.charge(chargeId, { token: 'tok_slow_1500' }).expect(200);
    expect(simulator.naps).toEqual([1500]);
  });
});

describe('a token', () => {
  test('is neither logged nor kept', async () => {
    const tokens = ['tok_unheard_of_4242', 'tok_flaky_77', 'tok_lost_response'];
    simulator.lines.length = 0;
    for (const token of tokens) {
      const chargeId = randomUUID();
      await simulator.charge(chargeId, { token });
      await simulator.charge(chargeId, { token, orderId: randomUUID() }).expect(422);
      await simulator.charge(chargeId, { token, amount: 'much' }).expect(400);
      await simulator.charge(chargeId, { token: { [token]: token } }).expect(400);
    }
    const rows = await simulator.database.select('SELECT * FROM charges WHERE order_id = :orderId', {
      orderId,
    });
    const written = JSON.stringify([simulator.lines, rows]);
    expect(simulator.lines.length).toBeGreaterThanOrEqual(12);
    for (const token of tokens) expect(written).not.toContain(token);
  });
});
