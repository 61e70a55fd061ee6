import { applyAgain, applyBackwards, applyToEmptyCluster, removeEverything } from './cluster/apply.ts';
import { autoscale } from './cluster/autoscale.ts';
import type { Finding, Ground } from './cluster/ground.ts';
import { kubectl, namespace, readSecret, tryKubectl } from './cluster/kubectl.ts';
import { deleteDatabasePods, loseDatabase } from './cluster/lose-database.ts';
import { migrateAtOnce } from './cluster/migrate-at-once.ts';
import { monitor } from './cluster/monitor.ts';
import { reachNginx } from './cluster/reach-nginx.ts';
import { restoreFromBackup } from './cluster/restore.ts';
import { evictAll, killEach, restartEach, scaleUpAndDown } from './cluster/roll.ts';
import {
  breakImage,
  changeSetting,
  changeSuppliedSecret,
  rotatePasswords,
} from './cluster/roll-out-by-itself.ts';
import { throughKafka } from './cluster/through-kafka.ts';
import { throughTls } from './cluster/through-tls.ts';
import { tryConnections } from './cluster/try-connections.ts';
import { type Call, readCall } from './commands/read-call.ts';
import { passes, Protocol } from './deployed/protocol.ts';
import { runReplay, runSuite, whyNoReplay } from './deployed/run-suite.ts';
import { openLoadShop } from './load/open-shop.ts';
import { verifyOrders } from './load/verify-orders.ts';
import { Refusal } from './local/refusal.ts';

/**
 * npm run cluster:e2e: applies the local overlay to the cluster that kubectl points at, tries everything, and takes it
 * down. The cluster must have the images (npm run images). `-- name name` runs only these checks.
 */
type Check = (ground: Ground) => Promise<Finding | Finding[]>;

/** In this order: the last one destroys the orders that those before it count. */
const checks: Record<Call<'cluster:e2e'>['words'][number], Check> = {
  again: applyAgain,
  connections: tryConnections,
  suite: async (ground) => passes('the end-to-end suite', await runSuite(ground)),
  replay: replayFirst,
  restart: restartEach,
  scale: scaleUpAndDown,
  evict: evictAll,
  kill: killEach,
  setting: changeSetting,
  secret: changeSuppliedSecret,
  rotate: rotatePasswords,
  image: breakImage,
  database: deleteDatabasePods,
  away: loseDatabase,
  monitor,
  autoscale,
  kafka: throughKafka,
  tls: throughTls,
  orders: countOrders,
  backup: restoreFromBackup,
  migrate: migrateAtOnce,
};

async function replayFirst(ground: Ground): Promise<Finding[]> {
  const reason = whyNoReplay();
  if (reason === undefined)
    return [passes("the retailer's first 1,000 invoices, and their sums", await runReplay(ground, 1_000))];
  console.log(`skipped: ${reason}`);
  return [];
}

async function countOrders({ url, shop, orders }: Ground): Promise<Finding> {
  const complaints = await verifyOrders(url, shop, orders);
  return {
    check: 'every order acknowledged under load, and its stock',
    expected: `${orders.size} orders, stock exact`,
    got: complaints.length === 0 ? `${orders.size} orders, stock exact` : complaints.slice(0, 5).join(' '),
    passed: complaints.length === 0,
  };
}

const protocol = new Protocol();

async function openGround(): Promise<Ground> {
  const url = await reachNginx();
  const admin = { email: await readSecret('ADMIN_EMAIL'), password: await readSecret('ADMIN_PASSWORD') };
  return { url, admin, shop: await openLoadShop(url, admin), orders: new Set() };
}

async function main(): Promise<void> {
  const chosen = new Set<string>(readCall('cluster:e2e').words);
  if ((await tryKubectl(['get', 'namespace', namespace])).status === 0)
    throw new Refusal(
      `The cluster has a namespace ${namespace} already: kubectl delete namespace ${namespace}.`,
    );
  console.log(`Testing on ${(await kubectl(['config', 'current-context'])).trim()}`);
  try {
    if (chosen.size === 0) {
      await protocol.time('backwards', applyBackwards);
      await removeEverything();
    }
    await protocol.time('apply', applyToEmptyCluster);
    const ground = await openGround();
    for (const [name, check] of Object.entries(checks))
      if (chosen.size === 0 || chosen.has(name)) await protocol.time(name, () => check(ground));
  } finally {
    console.log('\n---- taking it down');
    await removeEverything();
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
