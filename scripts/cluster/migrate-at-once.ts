import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding, Ground } from './ground.ts';
import { awaitRollout, inNamespace, listPods, readSecret } from './kubectl.ts';

const service = 'order-service';
const database = 'order-mysql';
const rounds = 5;

async function ask(sql: string): Promise<string> {
  const password = await readSecret('root.password');
  const client = ['mysql', '--host=127.0.0.1', '--user=root', '--skip-column-names', `--execute=${sql}`];
  return inNamespace('exec', `${database}-0`, '--', 'env', `MYSQL_PWD=${password}`, ...client);
}

/** Three pods meet an empty database; each file must be applied by exactly one of them. */
async function meetEmptyDatabase(): Promise<string> {
  await inNamespace('scale', `deployment/${service}`, '--replicas=0');
  while ((await listPods(service)).length > 0) await sleep(500);
  await ask('DROP DATABASE ordersDB');
  await inNamespace('scale', `deployment/${service}`, '--replicas=3');
  await awaitRollout('deployment', service);
  const pods = await listPods(service);
  const logs = await Promise.all(
    pods.map(({ metadata }) => inNamespace('logs', metadata.name, '-c', 'migrate')),
  );
  const applied = logs.join('').match(/"migration applied"/g)?.length ?? 0;
  const noted = (
    await ask('SELECT COUNT(*) FROM ordersDB.schema_migrations WHERE applied_at IS NOT NULL')
  ).trim();
  return `${applied} applied, ${noted} noted by ${pods.length} pods`;
}

/** Destroys the orders: nothing that counts them may come after it. */
export async function migrateAtOnce(_ground: Ground): Promise<Finding> {
  const files = Number((await ask('SELECT COUNT(*) FROM ordersDB.schema_migrations')).trim());
  const outcomes: string[] = [];
  for (let round = 0; round < rounds; round += 1) outcomes.push(await meetEmptyDatabase());
  const expected = `${files} applied, ${files} noted by 3 pods`;
  return {
    check: `three replicas on an empty database at once, ${rounds} times`,
    expected,
    got: [...new Set(outcomes)].join('; '),
    passed: outcomes.every((outcome) => outcome === expected),
  };
}
