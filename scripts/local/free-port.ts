import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { loopbacks } from './loopback.ts';
import { Refusal } from './refusal.ts';

// Below the range from which the kernel takes ports for outgoing connections: while a process is down for a moment,
// such a connection could otherwise sit on its port, and the restart would fail.
const lowest = 12_000;
const highest = 32_000;

// Each process takes a row of its own: two that start at once would else meet, before either listens.
let last = randomInt(lowest, highest);

function nextPort(): number {
  last = last + 1 < highest ? last + 1 : lowest;
  return last;
}

/** Listens on the port of one address; null when it is taken or not allowed. */
async function hold(host: string, port: number): Promise<Server | null> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}

/** The first loopback address on which the port is taken or not allowed; undefined when it is free on all. */
async function findTaken(port: number): Promise<string | undefined> {
  for (const host of loopbacks) {
    const server = await hold(host, port);
    if (server === null) return host;
    await new Promise((resolve) => server.close(resolve));
  }
  return undefined;
}

/** Free ports; this process gives none a second time before it has given all others. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = nextPort();
    if ((await findTaken(port)) === undefined) ports.push(port);
  }
  return ports;
}

export async function refuseTakenPort(port: number): Promise<void> {
  const host = await findTaken(port);
  if (host === undefined) return;
  throw new Refusal(
    `Port ${port} of ${host} is taken or not allowed: stop what listens there, or choose another with npm start -- --port ${port + 1}.`,
  );
}
