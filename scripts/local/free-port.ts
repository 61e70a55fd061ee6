import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
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

/** Listens on the port, or answers null when it is taken. */
async function hold(port: number): Promise<Server | null> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

async function release(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}

/** Free ports; this process gives none a second time before it has given all others. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = nextPort();
    const server = await hold(port);
    if (server === null) continue;
    await release(server);
    ports.push(port);
  }
  return ports;
}

export async function refuseTakenPort(port: number): Promise<void> {
  const server = await hold(port);
  if (server === null) {
    throw new Refusal(
      `Port ${port} of 127.0.0.1 is taken or not allowed: stop what listens there, or choose another with npm start -- --port ${port + 1}.`,
    );
  }
  await release(server);
}
