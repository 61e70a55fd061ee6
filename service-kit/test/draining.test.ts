import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { freePorts } from '../../scripts/local/free-port.ts';

let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
});

async function startProcess() {
  const [port = 0, opsPort = 0] = await freePorts(2);
  const program = path.join(import.meta.dirname, 'helpers/slow-process.ts');
  const started = spawn(process.execPath, [program, `${port}`, `${opsPort}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  let output = '';
  started.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(started, 'exit') as Promise<[number | null]>;
  while (!output.includes('"ready"')) {
    if (started.exitCode !== null) throw new Error(`The process ended: ${output}`);
    await sleep(20);
  }
  const opsStatus = async (probe: string) => (await fetch(`http://127.0.0.1:${opsPort}${probe}`)).status;
  return { child: started, port, opsStatus, exited, output: () => output };
}

interface Answer {
  status: number;
  connection: string | undefined;
  reused: boolean;
}

function get(port: number, agent: http.Agent, query: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path: `/?${query}`, agent }, (res) => {
      res.resume().once('end', () => {
        resolve({
          status: res.statusCode ?? 0,
          connection: res.headers.connection,
          reused: request.reusedSocket,
        });
      });
    });
    request.once('error', reject);
  });
}

test.each([true, false])('SIGTERM loses no request of busy clients (keep-alive: %p)', async (keepAlive) => {
  const { child: slow, port, exited } = await startProcess();
  const faults: unknown[] = [];
  let answered = 0;
  let stop = false;

  /** As Nginx does: it stops sending to a replica that drains, and never repeats a request. */
  async function client(): Promise<void> {
    const agent = new http.Agent({ keepAlive, maxSockets: 1 });
    while (!stop) {
      try {
        const { status, connection } = await get(port, agent, 'ms=15');
        if (status === 200) answered += 1;
        else faults.push(status);
        if (keepAlive && connection === 'close') break;
      } catch (error) {
        faults.push(error);
        break;
      }
    }
    agent.destroy();
  }

  const clients = Array.from({ length: 8 }, client);
  await sleep(600);
  slow.kill('SIGTERM');
  await sleep(300);
  // Whoever routes to the process has seen by now that it is not ready.
  stop = true;
  await Promise.all(clients);
  expect(faults).toEqual([]);
  expect(answered).toBeGreaterThan(20);
  expect(await exited).toEqual([0, null]);
});

test('a slow request is answered, readiness tells at once, and the process ends soon after', async () => {
  const { child: slow, port, exited, opsStatus, output } = await startProcess();
  expect(await opsStatus('/readyz')).toBe(200);
  const agent = new http.Agent({ keepAlive: true });
  // A second connection that idles after its answer.
  const [first, idle] = [get(port, agent, 'ms=2000'), await get(port, agent, 'ms=0')];
  expect(idle).toMatchObject({ status: 200, connection: 'keep-alive' });
  slow.kill('SIGTERM');
  const signalledAt = performance.now();
  await sleep(50);
  expect([await opsStatus('/readyz'), await opsStatus('/livez')]).toEqual([503, 200]);
  expect(await get(port, agent, 'ms=0')).toMatchObject({ status: 200, connection: 'close' });
  expect(await first).toMatchObject({ status: 200 });
  expect(await exited).toEqual([0, null]);
  expect(performance.now() - signalledAt).toBeLessThan(7_000);
  expect(output().indexOf('"closed"')).toBeGreaterThan(-1);
  expect(output().indexOf('"stopped"')).toBeGreaterThan(output().indexOf('"closed"'));
  agent.destroy();
}, 20_000);

test('a stream of events ends with the process, which does not wait for its reader', async () => {
  const { child: slow, port, exited } = await startProcess();
  const agent = new http.Agent();
  const streamed = get(port, agent, 'stream');
  await sleep(200);
  slow.kill('SIGTERM');
  const signalledAt = performance.now();
  expect(await streamed).toMatchObject({ status: 200 });
  expect(await exited).toEqual([0, null]);
  expect(performance.now() - signalledAt).toBeLessThan(4_000);
});

test('a signal that comes twice stops once', async () => {
  const { child: slow, exited, output } = await startProcess();
  slow.kill('SIGTERM');
  slow.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  expect(output().match(/"closed"/g)).toHaveLength(1);
});

test('a rejection that nobody handles is logged with its stack, and ends the process with 1', async () => {
  const { port, exited, output } = await startProcess();
  const agent = new http.Agent();
  expect(await get(port, agent, 'reject')).toMatchObject({ status: 200 });
  expect(await exited).toEqual([1, null]);
  expect(output()).toContain('nobody catches this');
});
