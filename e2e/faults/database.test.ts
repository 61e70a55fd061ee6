import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { type FaultGround, openGround } from '../helpers/fault-ground.ts';
import { sufferUnderLoad } from '../helpers/suffer-under-load.ts';

let ground: FaultGround;
let root: Connection | undefined;

beforeAll(async () => {
  ground = await openGround();
});
afterAll(async () => {
  root?.destroy();
  await ground.close();
});

const serviceUsers = ['auth_service', 'product_service', 'order_service', 'payment_simulator'];
const ignoreGone = (): undefined => undefined;

/** Opened anew by each test that needs it: the tests before have ended the server. */
async function connectAsRoot(): Promise<Connection> {
  root?.destroy();
  root = await ground.stack.database.connectAsRoot();
  return root;
}

async function killConnections(connection: Connection): Promise<number> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT id FROM information_schema.processlist WHERE user IN (?)',
    [serviceUsers],
  );
  // The columns are written in capitals by MySQL, whatever the statement says.
  const ids = rows.map((row) => Number(row.id ?? row.ID));
  // One that has ended by itself meanwhile cannot be killed.
  await Promise.all(ids.map((id) => connection.query(`KILL ${id}`).catch(ignoreGone)));
  return ids.length;
}

/** Connections that do nothing but take room, as a user who has no right to more than there is. */
function holdConnections(count: number): Promise<Connection[]> {
  const { database, secrets } = ground.stack;
  const { host, port } = database;
  const password = secrets.passwordFor('audit');
  const open = async (): Promise<Connection> => createConnection({ host, port, user: 'audit', password });
  return Promise.all(Array.from({ length: count }, open));
}

it('lives through a restart of the database', async () => {
  await sufferUnderLoad(ground, 'database-restarted', async () => {
    const { process: server } = ground.stack.database;
    await server.stop();
    await sleep(2_000);
    server.start();
  });
});

it('lives through a kill -9 of the database', async () => {
  const { process: server } = ground.stack.database;
  const deaths = server.deaths;
  await sufferUnderLoad(ground, 'database-killed', async () => {
    server.kill('SIGKILL');
    await sleep(50);
  });
  expect(server.deaths).toBe(deaths + 1);
});

it('lives through a database that stands still for 20 s', async () => {
  const { process: server } = ground.stack.database;
  const load = await sufferUnderLoad(ground, 'database-frozen', async () => {
    server.kill('SIGSTOP');
    await sleep(20_000);
    server.kill('SIGCONT');
  });
  expect(load.answers[503]).toBeGreaterThan(0);
});

it('lives through resets of all its connections to the database, again and again', async () => {
  const connection = await connectAsRoot();
  let killed = 0;
  await sufferUnderLoad(ground, 'database-connections-reset', async () => {
    for (let round = 1; round <= 10; round += 1) {
      killed += await killConnections(connection);
      await sleep(300);
    }
  });
  expect(killed).toBeGreaterThan(10);
});

it('lives through a database that takes no more connections', async () => {
  const connection = await connectAsRoot();
  const [rows] = await connection.query<RowDataPacket[]>('SELECT @@GLOBAL.max_connections AS most');
  const usual = Number(rows[0]?.most);
  const load = await sufferUnderLoad(ground, 'database-connection-limit', async () => {
    const held = await holdConnections(12);
    try {
      // Ten is the least that MariaDB takes; those that are there stay, so they are ended after.
      await connection.query('SET GLOBAL max_connections = 10');
      await killConnections(connection);
      await sleep(6_000);
    } finally {
      await connection.query(`SET GLOBAL max_connections = ${usual}`);
      await Promise.all(held.map((one) => one.end().catch(ignoreGone)));
    }
  });
  expect(load.answers[503]).toBeGreaterThan(0);
});
