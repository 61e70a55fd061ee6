import path from 'node:path';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, silentLogger as logger } from '@tradepost/service-kit/testing.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { createHttpClient } from '@tradepost/service-kit/http-client.ts';
import { measureOutbox } from '@tradepost/events/metrics.ts';
import { relayEvents } from '@tradepost/events/relay-events.ts';
import { SinkAway } from '@tradepost/events/sink.ts';
import { registerSinks } from '@tradepost/events/register-sinks.ts';
import { tenThousandRows } from '../testing/count-reads.ts';
import { measureSteps } from './src/metrics.ts';
import { defineModels } from './src/models.ts';
import { createPaymentClient } from './src/clients/payment-client.ts';
import { createProductClient } from './src/clients/product-client.ts';
const { resumeOrders } = await import(process.env.OLD ? './src/saga/resume-orders.ts' : './src/due-steps/resume-orders.ts');
import { sendMessages } from '../auth-service/src/messages/send-messages.ts';

const dbPid = Number(process.argv[2]);
const ticks = (pid: number | string) => {
  const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(f[11]) + Number(f[12])) / 100;
};
const orders = await createTestDatabase(path.resolve('order-service/migrations'), 10);
const auth = await createTestDatabase(path.resolve('auth-service/migrations'), 10);
defineModels(orders.sequelize);
const away = { name: 'away', send: () => Promise.reject(new SinkAway('away')) };
const live = { name: 'live', send: () => Promise.resolve() };
await registerSinks(orders, [away, live]);
await orders.change('SET GLOBAL max_connections = 500', {}).catch(() => 0);
async function fill(total: number) {
  // on one connection
  await orders.sequelize.transaction(async (tx) => {
    const q = (sql: string) => orders.sequelize.query(sql, { transaction: tx });
    await q('SET FOREIGN_KEY_CHECKS = 0');
    for (let left = total; left > 0; left -= 10_000) {
      const n = Math.min(left, 10_000);
      await q(`INSERT INTO order_sagas (order_id, step, due_at) SELECT UUID(), 'release', NOW(3) - INTERVAL 1 HOUR FROM ${tenThousandRows} LIMIT ${n}`);
      await q(`INSERT INTO outbox (sink, topic, event) SELECT 'away', 't', '{"partitionkey":"a","pad":"${'x'.repeat(400)}"}' FROM ${tenThousandRows} LIMIT ${n}`);
    }
  });
  for (let left = total; left > 0; left -= 10_000) {
    const n = Math.min(left, 10_000);
    await auth.change(`INSERT INTO outgoing_messages (id, channel, sealed, due_at, expires_at) SELECT UUID(), 'sms', '', NOW(3) + INTERVAL 1 HOUR, NOW(3) + INTERVAL 1 DAY FROM ${tenThousandRows} LIMIT ${n}`, {});
    await auth.change(`INSERT INTO outgoing_messages (id, channel, sealed, user_id, due_at, expires_at) SELECT UUID(), 'email', '', UUID(), NOW(3) - INTERVAL 1 HOUR, NOW(3) + INTERVAL 1 DAY FROM ${tenThousandRows} LIMIT ${n}`, {});
  }
}
async function measure(seconds: number) {
  const nobody = createHttpClient(['http://127.0.0.1:1'], { maxRetries: 0 });
  const deps = { database: orders, logger, products: createProductClient(nobody), payments: createPaymentClient(nobody) };
  const seal = { close: () => '', open: () => ({ to: 'a', channel: 'sms', subject: '', text: '' }) };
  const hang = () => new Promise<void>((resolve) => { releases.push(resolve); });
  const releases: (() => void)[] = [];
  const loops = [resumeOrders(deps), resumeOrders(deps), relayEvents({ database: orders, logger }, away), relayEvents({ database: orders, logger }, away), relayEvents({ database: orders, logger }, live),
    sendMessages({ database: auth, seal: seal as never, senders: { email: hang, sms: hang } as never, logger }), sendMessages({ database: auth, seal: seal as never, senders: { email: hang, sms: hang } as never, logger })];
  const metrics = createMetrics();
  measureOutbox(metrics, orders); measureSteps(metrics, orders);
  const scrape = setInterval(() => void metrics.expose(), 5_000);
  await sleep(3_000);
  const [db, me] = [ticks(dbPid), ticks('self')];
  await sleep(seconds * 1000);
  const result = { database: (100 * (ticks(dbPid) - db)) / seconds, node: (100 * (ticks('self') - me)) / seconds };
  clearInterval(scrape);
  const stopping = Promise.all(loops.map((l) => l.stop()));
  releases.forEach((r) => r());
  await stopping;
  return result;
}
for (const total of [1_000, 200_000]) {
  await fill(total - (total === 200_000 ? 1_000 : 0));
  await sleep(15_000);
  console.log(total, await measure(30));
}
await orders.drop(); await auth.drop();
process.exit(0);
