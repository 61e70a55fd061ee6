import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { checkShop } from './backup/check-shop.ts';
import { describeChecks } from './backup/compare-shop.ts';
import { databaseNames, forEachDatabase, type Sessions } from './backup/databases.ts';
import { logInsName, saveLogIns } from './backup/log-ins.ts';
import { describeFile, fileOf, writeManifest } from './backup/manifest.ts';
import { openPlace, workAt } from './backup/open-place.ts';
import type { Place } from './backup/place.ts';
import { readBackupChoices, type Choices } from './backup/read-choices.ts';
import { sumUp } from './backup/sum-up.ts';
import { takeSnapshot } from './backup/take-snapshot.ts';
import { writeDumps } from './backup/write-dumps.ts';
import { quoteForShell } from './local/quote-for-shell.ts';
import { Refusal } from './local/refusal.ts';
import { printTable, type TableRow } from './replay/print-table.ts';

/** A backup is as secret as what it is of: it holds password hashes and signing keys. */
async function makeDirectory(directory: string): Promise<void> {
  if (existsSync(directory) && (await readdir(directory)).length > 0) {
    throw new Refusal(`${directory} holds files already: name another directory with --to.`);
  }
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
}

/** The databases as they were at one moment, with what they add up to; false when that cannot be right. */
async function backUp(
  sessions: Sessions,
  place: Place,
  { directory, place: from }: Choices,
): Promise<boolean> {
  await forEachDatabase((name) => sessions[name].use(name));
  const pausedMs = await takeSnapshot(sessions);
  const takenAt = new Date().toISOString();
  console.log(`One moment of all databases is held; nothing could be written for ${pausedMs} ms.`);
  if (place.dataDirectory !== undefined) await saveLogIns(place.dataDirectory, directory);
  const databases = await writeDumps(sessions, directory);
  const [sums, checks] = [await sumUp(sessions), await checkShop(sessions)];
  const faults = checks.flatMap((check) => check.faults);
  const names = [...databaseNames.map(fileOf), ...(place.dataDirectory === undefined ? [] : [logInsName])];
  const files = await Promise.all(names.map((name) => describeFile(directory, name)));
  await writeManifest(directory, { format: 2, takenAt, from, pausedMs, databases, sums, faults, files });
  const counted = Object.entries(sums).map(([what, amount]): TableRow => [what, Number(amount)]);
  const written = files.map(({ name, bytes }): TableRow => [name, bytes, 'bytes']);
  printTable([...written, ...counted, ...describeChecks(checks)], faults);
  return faults.length === 0;
}

/** npm run backup */
async function main(): Promise<void> {
  const choices = readBackupChoices();
  const place = await openPlace(choices, 'read');
  const isSound = await workAt(place, async (sessions) => {
    await makeDirectory(choices.directory);
    return backUp(sessions, place, choices);
  });
  const { directory } = choices;
  console.log(`The backup is in ${directory}; keep it as secret as the shop. It comes back with`);
  console.log(
    `  npm run restore -- --from ${quoteForShell(directory)}${choices.place === 'local' ? '' : ` --into ${choices.place}`}`,
  );
  if (isSound) return;
  console.error('It is complete, but what is named above was wrong with the shop by then.');
  process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
}
process.exit();
