import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordEvents } from '@tradepost/events/record-event.ts';
import { type Database, openDatabase } from '@tradepost/service-kit/database.ts';
import { customerEvent } from '../../auth-service/src/events.ts';
import type { Stack } from '../../scripts/local/start-stack.ts';
import { asRoot } from '../../scripts/prove/query-databases.ts';

export interface Rate {
  events: number;
  /** From the first that was written to the last that took effect. */
  seconds: number;
  perSecond: number;
  mostWaiting: number;
  applied: number;
}

const forSeconds = 20;
const customers = 500;
const everyMs = 50;
const patienceMs = 60_000;

/** Writes events as auth-service does, in transactions at an even pace; of the same customers again and again. */
async function write(database: Database, perSecond: number): Promise<number> {
  const ids = Array.from({ length: customers }, () => randomUUID());
  const startedAt = performance.now();
  let written = 0;
  while (written < perSecond * forSeconds) {
    const due = Math.min(
      perSecond * forSeconds,
      Math.ceil(((performance.now() - startedAt) / 1_000) * perSecond),
    );
    const events = Array.from({ length: due - written }, (_, index) => {
      const turn = written + index;
      const customerId = ids[turn % customers] ?? '';
      const data = { customerId, changedFields: ['phone'] };
      const sequence = Math.floor(turn / customers) + 1;
      return customerEvent({ type: 'customer.changed', subject: customerId, sequence, data });
    });
    await database.transaction((tx) => recordEvents(database, tx, events));
    written = due;
    await sleep(everyMs);
  }
  return written;
}

/** How many events a second get from the outbox of auth-service into the inbox of order-service. */
export async function measureRate({ database, secrets }: Stack, perSecond: number): Promise<Rate> {
  const { host, port } = database;
  const [DB_NAME, DB_USER] = ['authDB', 'auth_service'];
  const password = secrets.passwordFor(DB_USER);
  const settings = { DB_HOST: host, DB_PORT: port, DB_NAME, DB_USER, DB_PASSWORD: password, DB_POOL_SIZE: 2 };
  const authDB = openDatabase(settings);
  return asRoot(database, async (query) => {
    const count = async (table: string): Promise<number> =>
      Number((await query<{ count: number }>(`SELECT COUNT(*) AS count FROM ${table}`))[0]?.count);
    const before = await count('ordersDB.inbox');
    const startedAt = performance.now();
    let [mostWaiting, isOver] = [0, false];
    const watching = (async () => {
      while (!isOver) {
        mostWaiting = Math.max(mostWaiting, await count('authDB.outbox'));
        await sleep(200);
      }
    })();
    const events = await write(authDB, perSecond);
    while ((await count('authDB.outbox')) > 0 && performance.now() - startedAt < patienceMs) await sleep(10);
    const seconds = (performance.now() - startedAt) / 1_000;
    isOver = true;
    await watching;
    // Through Kafka the last ones are still on their way.
    await sleep(2_000);
    await authDB.close();
    const applied = (await count('ordersDB.inbox')) - before;
    return { events, seconds, perSecond: events / seconds, mostWaiting, applied };
  });
}
