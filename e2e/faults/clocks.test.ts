import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ProcessName, Settings } from '../../scripts/local/processes.ts';
import { expectNothingLost } from '../helpers/expect-nothing-lost.ts';
import { type FaultGround, openGround } from '../helpers/fault-ground.ts';
import { tally, together } from '../helpers/shop.ts';

/** More than the life of a service token (1 minute) and of an access token (15 minutes). */
const offMs = 20 * 60_000;
const shiftClock = pathToFileURL(join(import.meta.dirname, '../../scripts/prove/shift-clock.ts')).href;

/** The first replica of each process is slow, the second one fast. */
function wrongClock(name: ProcessName, number: number): Settings {
  return {
    ...(name === 'auth-service' && { BCRYPT_COST: '4' }),
    CLOCK_OFFSET_MS: String(number === 1 ? -offMs : offMs),
    NODE_OPTIONS: `--import=${shiftClock}`,
  };
}

let ground: FaultGround;
beforeAll(async () => {
  ground = await openGround({ settings: wrongClock });
});
afterAll(() => ground.close());

it('takes every order at once although the clocks of all replicas are wrong by twenty minutes', async () => {
  const { shop, buyer, product } = ground;
  const placed = [];
  // One after the other: an order on a busy machine may be late for other reasons.
  while (placed.length < 20) placed.push(await shop.order(buyer, [[product, 1]]));
  expect(tally(placed.map(({ status }) => status))).toEqual({ 201: 20 });
  const [first] = placed.map(({ body }) => body.id);
  expect(await shop.pay(buyer, first!, 'tok_ok')).toMatchObject({ status: 201 });
  await shop.awaitStatus(buyer, first!, 'paid');
  await expectNothingLost(
    ground,
    placed.map(({ body }) => body.id),
  );
});

it('accepts a fresh access token of each replica at each replica', async () => {
  const { shop, buyer, seller, product } = ground;
  const statuses = await together(12, async () => {
    const token = await shop.logIn(buyer.email);
    const owner = await shop.logIn(seller.email);
    const answers = [
      await shop.call('GET', '/users/me', { token }),
      await shop.call('GET', '/orders', { token }),
      await shop.call('GET', `/products/${product.id}/inventory`, { token: owner }),
    ];
    return answers.map(({ status }) => status);
  });
  expect(tally(statuses.flat())).toEqual({ 200: 36 });
});
