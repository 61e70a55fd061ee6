import { expect, test } from '@jest/globals';
import { hostList } from '../src/config.ts';

test.each([
  ['kafka:9092', ['kafka:9092']],
  ['10.0.0.1:9092, kafka-2.example:9093', ['10.0.0.1:9092', 'kafka-2.example:9093']],
  ['[::1]:9092', ['[::1]:9092']],
  ['[FD00:0:0::2]:9092', ['[fd00::2]:9092']],
])('a list of hosts may be %s', (text, hosts) => {
  expect(hostList.parse(text)).toEqual(hosts);
});

test.each([
  'kafka',
  'kafka:',
  '::1:9092',
  '[::1]',
  '[kafka]:9092',
  '[::g]:9092',
  '[fe80::1%eth0]:9092',
  'http://kafka:9092',
  '[10.0.0.1]:9092',
])('a list of hosts is not %s', (text) => {
  expect(hostList.safeParse(text).success).toBe(false);
});
