import { createInterface } from 'node:readline/promises';
import { databaseUsers } from '../../provision/src/database-users.ts';
import { Refusal } from '../local/refusal.ts';
import { databaseNames, forEachDatabase, type Sessions } from './databases.ts';
import { putLogInsBack } from './log-ins.ts';
import type { Manifest } from './manifest.ts';
import type { Place } from './place.ts';
import { putInPlace } from './put-in-place.ts';
import { listTableNames } from './read-table.ts';

export interface Target {
  sessions: Sessions;
  place: Place;
}

/** A service that runs would go on with what it remembers, and write between the old tables and the new. */
export async function refuseRunning({ sessions, place }: Target): Promise<void> {
  const services = await place.findServices();
  if (services.length > 0) {
    throw new Refusal(
      `${services.join(', ')} run: stop them with ${place.toStop(services)}, then try again.`,
    );
  }
  for (const name of databaseNames) {
    const connected = (await sessions[name].ask('SHOW PROCESSLIST')).map(({ User }) => User ?? '');
    const user = databaseUsers.find((one) => connected.includes(one));
    if (user === undefined) continue;
    throw new Refusal(
      `${user} is connected to ${name}: stop whatever logs in with that name, then try again.`,
    );
  }
}

/** What would be lost, in a few words; undefined when there is nothing yet. */
async function describeExisting(sessions: Sessions): Promise<string | undefined> {
  const telling = { authDB: 'users', productsDB: 'products', ordersDB: 'orders', paymentsDB: 'charges' };
  const counts: string[] = [];
  for (const name of databaseNames) {
    if (!(await listTableNames(sessions[name], name)).includes(telling[name])) continue;
    const [row] = await sessions[name].ask(`SELECT COUNT(*) AS count FROM ${name}.${telling[name]}`);
    counts.push(`${row?.count} ${telling[name]}`);
  }
  return counts.length === 0 ? undefined : counts.join(', ');
}

/** Refuses unless somebody says that what is there may go. */
export async function askWhetherToReplace({ sessions }: Target, takenAt: string): Promise<void> {
  const existing = await describeExisting(sessions);
  if (existing === undefined) return;
  if (!process.stdin.isTTY) {
    throw new Refusal(
      `There is a shop already (${existing}), and nobody can be asked here: add --yes to replace it.`,
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`Replace ${existing} by the backup of ${takenAt}? [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Refusal('Nothing was changed.');
}

/** Puts what was loaded, and found to be right, in the place of what was there. */
export async function replaceShop(target: Target, { databases }: Manifest, directory: string): Promise<void> {
  const { sessions, place } = target;
  // Loading takes its time: somebody may have started the shop meanwhile.
  await refuseRunning(target);
  await forEachDatabase((name) => putInPlace(sessions[name], name, databases[name]));
  if (place.dataDirectory !== undefined) await putLogInsBack(place.dataDirectory, directory);
}
