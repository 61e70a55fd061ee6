import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { freePorts } from '../../scripts/local/free-port.ts';
import { testWithIpv6 } from '../../testing/with-ipv6.ts';

const program = path.join(import.meta.dirname, 'helpers/slow-process.ts');
/** Makes every attempt to listen on :: fail, as on a machine without IPv6: the kernel of the tests has it. */
const withoutIpv6 = (code: string): string[] => [
  '--import',
  `data:text/javascript,${encodeURIComponent(`
    import { Server } from 'node:net';
    const { listen } = Server.prototype;
    Server.prototype.listen = function (port, host, ...rest) {
      if (host !== '::') return listen.call(this, port, host, ...rest);
      process.nextTick(() => this.emit('error', Object.assign(new Error('no IPv6'), { code: '${code}' })));
      return this;
    };`)}`,
];

let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
});

interface Started {
  exitCode: number | null;
  output: string;
  /** The status at the listeners of the API and of the probes; what went wrong when there is none. */
  statusesAt(host: string): Promise<unknown[]>;
}

async function start({
  host,
  nodeArguments = [],
}: {
  host?: string;
  nodeArguments?: string[];
}): Promise<Started> {
  const ports = await freePorts(2);
  const given = [...nodeArguments, program, ...ports.map(String), ...(host === undefined ? [] : [host])];
  const process_ = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'pipe'] });
  child = process_;
  let output = '';
  for (const stream of [process_.stdout, process_.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  while (!output.includes('"ready"') && process_.exitCode === null) await sleep(20);
  const ask = (url: string): Promise<unknown> =>
    fetch(url).then(
      ({ status }) => status,
      (error: unknown) => (error as { cause: { code?: string } }).cause.code,
    );
  return {
    exitCode: process_.exitCode,
    output,
    statusesAt: (at) =>
      Promise.all([ask(`http://${at}:${ports[0]}/?ms=0`), ask(`http://${at}:${ports[1]}/readyz`)]),
  };
}

testWithIpv6('without a setting, every listener answers over IPv4 and IPv6', async () => {
  const { statusesAt, output } = await start({});
  expect(await statusesAt('127.0.0.1')).toEqual([200, 200]);
  expect(await statusesAt('[::1]')).toEqual([200, 200]);
  expect(output).not.toContain('IPv4 only');
});

testWithIpv6('HOST may be one IPv6 address', async () => {
  const { statusesAt } = await start({ host: '::1' });
  expect(await statusesAt('[::1]')).toEqual([200, 200]);
  expect(await statusesAt('127.0.0.1')).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
});

test.each(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])(
  'where :: fails with %s, every listener answers over IPv4, and the log says so once',
  async (code) => {
    const { statusesAt, output } = await start({ nodeArguments: withoutIpv6(code) });
    expect(await statusesAt('127.0.0.1')).toEqual([200, 200]);
    expect(output.match(/IPv4 only/g)).toHaveLength(1);
  },
);

test('a port that is taken still ends the process', async () => {
  const { exitCode, output } = await start({ nodeArguments: withoutIpv6('EADDRINUSE') });
  expect(exitCode).toBe(1);
  expect(output).toContain('EADDRINUSE');
});
