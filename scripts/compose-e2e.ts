import { setTimeout as sleep } from 'node:timers/promises';
import { awaitDoor, awaitHealth, compose, type Project } from './compose/docker-compose.ts';
import { measureImages } from './compose/measure-images.ts';
import { backUpAndRestore } from './deployed/back-up-and-restore.ts';
import { type Finding, printFindings, type TimedFinding } from './deployed/print-findings.ts';
import { type Deployed, runReplay, runSuite, whyNoReplay } from './deployed/run-suite.ts';
import { type LoadShop, openLoadShop } from './load/open-shop.ts';
import { startLoad } from './load/steady-load.ts';
import { verifyOrders } from './load/verify-orders.ts';
import { freePorts } from './local/free-port.ts';
import { Refusal } from './local/refusal.ts';

/**
 * npm run compose:e2e: builds the images, brings a project of its own up beside whatever runs, tries everything, and
 * takes it down with its data.
 */
const services = ['auth-service', 'product-service', 'order-service', 'nginx', 'mysql'];
const findings: TimedFinding[] = [];

interface Ground extends Deployed {
  project: Project;
  shop: LoadShop;
  orders: Set<string>;
}

async function time(name: string, check: () => Promise<Finding>): Promise<void> {
  const startedAt = performance.now();
  console.log(`\n---- ${name}`);
  const found = await check().catch((error: unknown): Finding => {
    const got = error instanceof Error ? error.message : String(error);
    return { check: name, expected: 'to come to its end', got, passed: false };
  });
  const finding = { ...found, seconds: (performance.now() - startedAt) / 1000 };
  printFindings([finding]);
  findings.push(finding);
}

const passes = (check: string, passed: boolean): Finding => ({
  check,
  expected: 'passes',
  got: passed ? 'passed' : 'failed, see above',
  passed,
});

/** Whatever happens to containers meanwhile: an order that was acknowledged is there, and has its stock. */
async function keepsOrders(ground: Ground, check: string, harm: () => Promise<unknown>): Promise<Finding> {
  const load = await startLoad(ground.url, ground.shop);
  try {
    await sleep(3_000);
    await harm();
    await awaitDoor(ground.url);
    await awaitHealth(ground.project);
    await sleep(3_000);
  } finally {
    await load.stop();
    load.orders.forEach((id) => ground.orders.add(id));
  }
  const report = await load.stop();
  const complaints = await verifyOrders(ground.url, ground.shop, ground.orders);
  const givenUp = Object.keys(report.failures).some((failure) => failure.includes('given up'));
  return {
    check,
    expected: 'every order is taken when repeated, and kept; stock exact',
    got: `${ground.orders.size} orders, ${report.failedOrders} repeated, ${report.failedReads} of ${report.reads} reads failed; ${complaints.slice(0, 3).join(' ') || 'stock exact'}${givenUp ? '; some orders given up' : ''}`,
    passed: complaints.length === 0 && !givenUp,
  };
}

async function open(project: Project, url: string): Promise<Ground> {
  const read = (name: string): Promise<string> =>
    compose(project, 'exec', '-T', 'auth-service', 'cat', `/run/tradepost/${name}`);
  const admin = { email: await read('ADMIN_EMAIL'), password: await read('ADMIN_PASSWORD') };
  return { project, url, admin, shop: await openLoadShop(url, admin), orders: new Set() };
}

async function tellImages(project: Project): Promise<Finding> {
  const measured = await measureImages(project);
  const texts = measured.map(
    ({ image, addedMegabytes, readySeconds }) =>
      `${image} ${addedMegabytes.toFixed(0)} MB on top of its base, ready after ${readySeconds.toFixed(2)} s`,
  );
  const passed = measured.every(({ readySeconds }) => readySeconds < 10);
  return { check: 'images', expected: 'each ready within 10 s', got: texts.join('; '), passed };
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
  await time('backup', () => restoreFromBackup(ground));
}

/** Volumes and all; the databases come up with other passwords, and the services only after the restore. */
async function restoreFromBackup({ project, url, shop, orders }: Ground): Promise<Finding> {
  const settings = { ...project.settings, COMPOSE_PROJECT_NAME: project.name };
  const destroy = async (): Promise<void> => {
    await compose(project, 'down', '--volumes');
    await compose(project, 'up', '--detach', 'accounts');
    await compose(project, 'wait', 'accounts');
  };
  const start = async (): Promise<void> => {
    await compose(project, 'up', '--detach');
    await awaitDoor(url);
  };
  return backUpAndRestore({ place: 'compose', url, shop, orders, settings, destroy, start });
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
  printFindings(findings);
  process.exitCode = findings.every(({ passed }) => passed) ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
}
process.exit();
