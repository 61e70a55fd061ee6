import { setTimeout as sleep } from 'node:timers/promises';
import { readCall } from './commands/read-call.ts';
import { awaitDoor, compose, type Project } from './compose/docker-compose.ts';
import { keepsOrders } from './compose/keep-orders.ts';
import type { Ground } from './compose/ground.ts';
import { tellImages } from './compose/measure-images.ts';
import { restoreFromBackup } from './compose/restore.ts';
import { throughKafka } from './compose/through-kafka.ts';
import { throughTls } from './compose/through-tls.ts';
import type { Finding } from './deployed/print-findings.ts';
import { passes, Protocol } from './deployed/protocol.ts';
import { runReplay, runSuite, whyNoReplay } from './deployed/run-suite.ts';
import { openLoadShop } from './load/open-shop.ts';
import { freePorts } from './local/free-port.ts';
import { Refusal } from './local/refusal.ts';

/**
 * npm run compose:e2e: builds the images, brings a project of its own up beside whatever runs, tries everything, and
 * takes it down with its data. `-- images restart` runs only what begins with one of these words.
 */
const services = [
  'auth-service',
  'product-service',
  'order-service',
  'order-worker',
  'payment-simulator',
  'nginx',
  'mysql',
];
const protocol = new Protocol();

const { words: chosen } = readCall('compose:e2e');

async function time(name: string, check: () => Promise<Finding | Finding[]>): Promise<void> {
  const isWanted = chosen.length === 0 || name === 'up' || chosen.some((word) => name.startsWith(word));
  if (isWanted) await protocol.time(name, check);
}

async function open(project: Project, url: string): Promise<Ground> {
  const read = (name: string): Promise<string> =>
    compose(project, 'exec', '-T', 'auth-service', 'cat', `/run/tradepost/${name}`);
  const admin = { email: await read('ADMIN_EMAIL'), password: await read('ADMIN_PASSWORD') };
  return { project, url, admin, shop: await openLoadShop(url, admin), orders: new Set() };
}

async function tryEverything(ground: Ground): Promise<void> {
  const { project } = ground;
  await time('images', () => tellImages(project));
  await time('suite', async () => passes('the end-to-end suite', await runSuite(ground)));
  const reason = whyNoReplay();
  if (reason) console.log(`\n---- the retailer's replay is skipped: ${reason}`);
  else
    await time('replay', async () => passes("the retailer's replay, and its sums", await runReplay(ground)));
  for (const service of services) {
    await time(`restart ${service}`, () =>
      keepsOrders(ground, `docker compose restart ${service}`, () => compose(project, 'restart', service)),
    );
    await time(`kill ${service}`, () =>
      keepsOrders(ground, `docker compose kill ${service}, then up`, async () => {
        await compose(project, 'kill', service);
        await sleep(2_000);
        await compose(project, 'up', '--detach');
      }),
    );
  }
  await time('restart', () =>
    keepsOrders(ground, 'docker compose restart', () => compose(project, 'restart')),
  );
  await time('down and up', () =>
    keepsOrders(ground, 'docker compose down, then up', async () => {
      await compose(project, 'down');
      await compose(project, 'up', '--detach');
    }),
  );
  await time('kafka', () => throughKafka(ground));
  await time('tls', () => throughTls(ground));
  await time('backup', () => restoreFromBackup(ground));
}

async function main(): Promise<void> {
  const [port = 0] = await freePorts(1);
  const settings = { PORT: String(port), ADMIN_EMAIL: '', ADMIN_PASSWORD: '', BCRYPT_COST: '10' };
  const project: Project = { name: 'tradepost-e2e', settings };
  const url = `http://127.0.0.1:${port}`;
  await compose(project, 'down', '--volumes', '--remove-orphans');
  try {
    await time('up', async () => {
      await compose(project, 'build');
      await compose(project, 'up', '--detach');
      const seconds = await awaitDoor(url);
      return {
        check: 'docker compose up',
        expected: 'answers',
        got: `after ${seconds.toFixed(0)} s`,
        passed: true,
      };
    });
    await tryEverything(await open(project, url));
  } finally {
    console.log('\n---- taking it down');
    await compose(project, 'down', '--volumes', '--remove-orphans');
  }
  process.exitCode = protocol.close() ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
}
process.exit();
