import { expect } from '@jest/globals';
import pLimit from 'p-limit';
import { audit } from '../../scripts/prove/audit.ts';
import type { FaultGround } from './fault-ground.ts';

const atOnce = 8;

/** Every acknowledged order is there for its buyer, and every invariant of the shop holds. */
export async function expectNothingLost(
  { stack, shop, buyer }: FaultGround,
  orders: Iterable<string>,
): Promise<void> {
  const answers = await pLimit(atOnce).map([...orders], async (id) => {
    const { status } = await shop.call('GET', `/orders/${id}`, { token: buyer.token });
    return { id, status };
  });
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  expect((await audit(stack)).breaches).toEqual([]);
}
