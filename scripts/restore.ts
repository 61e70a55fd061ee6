import { checkShop } from './backup/check-shop.ts';
import {
  compareContents,
  compareSums,
  countRows,
  describeChecks,
  type Tables,
} from './backup/compare-shop.ts';
import { databaseNames, forEachDatabase, type ByDatabase, type Sessions } from './backup/databases.ts';
import { dropStaging, loadDatabase, stagingOf } from './backup/load-database.ts';
import { readManifest, type Manifest } from './backup/manifest.ts';
import { openPlace, workAt } from './backup/open-place.ts';
import { readRestoreChoices } from './backup/read-choices.ts';
import { listTables, tallyTable } from './backup/read-table.ts';
import { askWhetherToReplace, refuseRunning, replaceShop } from './backup/replace-shop.ts';
import { showRows } from './backup/show-rows.ts';
import { sumUp } from './backup/sum-up.ts';
import { Refusal } from './local/refusal.ts';
import { printTable } from './replay/print-table.ts';

/** Loads everything beside what is there, which nobody touches by that. */
async function load(sessions: Sessions, { databases }: Manifest, directory: string): Promise<void> {
  await showRows('loading', countRows(databases), (onRow) =>
    forEachDatabase((name) =>
      loadDatabase({ name, session: sessions[name], record: databases[name], onRow }, directory),
    ),
  );
}

/** Reads back all that was loaded. */
async function readBack(sessions: Sessions, { databases }: Manifest): Promise<ByDatabase<Tables>> {
  return showRows('comparing', countRows(databases), (onRow) =>
    forEachDatabase(async (name) => {
      const found: Tables = {};
      for (const table of await listTables(sessions[name], stagingOf(name))) {
        found[table.name] = await tallyTable(sessions[name], table, onRow);
      }
      return found;
    }),
  );
}

/** MariaDB keeps JSON as it was sent and MySQL in an order of its own: what moved from one to the other has other bytes. */
async function findMoved(sessions: Sessions, { databases }: Manifest): Promise<boolean> {
  const vendorOf = (version: string): boolean => /mariadb/i.test(version);
  const servers = await forEachDatabase((name) => sessions[name].ask('SELECT VERSION() AS version'));
  return databaseNames.some(
    (name) => vendorOf(servers[name][0]?.version ?? '') !== vendorOf(databases[name].server),
  );
}

interface Verdict {
  /** What was loaded is what the backup says. */
  isSame: boolean;
  /** Nothing is wrong with it either. */
  isSound: boolean;
}

async function verify(sessions: Sessions, manifest: Manifest): Promise<Verdict> {
  const isMoved = await findMoved(sessions, manifest);
  const contents = compareContents(manifest.databases, await readBack(sessions, manifest), isMoved);
  const sums = compareSums(manifest.sums, await sumUp(sessions));
  const checks = await checkShop(sessions);
  const faults = checks.flatMap((check) => check.faults);
  const differences = [...contents.differences, ...sums.differences];
  printTable([...contents.rows, ...sums.rows, ...describeChecks(checks)], [...differences, ...faults]);
  return { isSame: differences.length === 0, isSound: faults.length === 0 };
}

/** npm run restore */
async function main(): Promise<boolean> {
  const choices = readRestoreChoices();
  const { directory } = choices;
  const manifest = await readManifest(directory);
  const place = await openPlace(choices, 'write');
  return workAt(place, async (sessions) => {
    const target = { sessions, place };
    await refuseRunning(target);
    if (!choices.yes) await askWhetherToReplace(target, manifest.takenAt);
    await load(sessions, manifest, directory);
    const { isSame, isSound } = await verify(sessions, manifest);
    if (!isSame) {
      await forEachDatabase((name) => dropStaging(sessions[name], name));
      console.error(
        'Nothing was replaced: what was loaded is not what the backup says. Restore another backup.',
      );
      return false;
    }
    await replaceShop(target, manifest, directory);
    console.log(`The shop is as it was at ${manifest.takenAt}. Start it with ${place.toStart}.`);
    if (!isSound) console.error('What is named above was wrong with it by then, and is so again.');
    return isSound;
  });
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
}
process.exit();
