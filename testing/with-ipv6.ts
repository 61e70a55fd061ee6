import { networkInterfaces } from 'node:os';
import { test } from '@jest/globals';

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === '::1');
if (!hasIpv6) console.warn('The tests over IPv6 are skipped: this machine has no ::1.');

/** A test that needs ::1; skipped, with a line that says why, where the machine has none. */
export const testWithIpv6 = hasIpv6 ? test : test.skip;
