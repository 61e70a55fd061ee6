import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const program = join(import.meta.dirname, '../helpers/buy-once.ts');

interface Outcome {
  url: string;
  hosts: string[];
  status: number;
  paid: string;
  progress: string[];
}

const isAble = spawnSync('unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up']).status === 0;
if (!isAble) console.warn('Other networks are not tried: they need root and the programs unshare and ip.');
const itInNetwork = isAble ? it : it.skip;

/** Starts everything and buys in a network of its own, which only root may make. */
async function buyOnce(setUp: string): Promise<Outcome> {
  const given = ['--net', 'sh', '-c', `${setUp} && exec "$@"`, 'sh', process.execPath, program];
  const { stdout } = await promisify(execFile)('unshare', given, { timeout: 240_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Outcome;
}

itInNetwork('starts and sells on a machine that has IPv6 only', async () => {
  const outcome = await buyOnce('ip link set lo up && ip addr del 127.0.0.1/8 dev lo');
  expect(outcome).toMatchObject({
    status: 201,
    paid: 'paid',
    url: expect.stringMatching(/^http:\/\/\[::1\]:\d+$/),
  });
  expect(new Set(outcome.hosts)).toEqual(new Set(['::1']));
});

itInNetwork('starts and sells on a machine where IPv6 is off, and says so once', async () => {
  const outcome = await buyOnce('sysctl -qw net.ipv6.conf.all.disable_ipv6=1 && ip link set lo up');
  expect(outcome).toMatchObject({
    status: 201,
    paid: 'paid',
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
  });
  expect(outcome.progress.filter((line) => line.includes('IPv4 only'))).toHaveLength(1);
});
