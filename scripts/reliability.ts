import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { runInDirectory } from './jest/run-in-directory.ts';
import { readJestCall } from './jest/read-jest-call.ts';
import { runJest } from './jest/run-jest.ts';
import { providePrograms } from './local/install-programs.ts';
import { readHealed, readOutcomes } from './reliability/read-results.ts';
import { listFailed } from './reliability/render-table.ts';
import { writeReport } from './reliability/write-report.ts';

/**
 * npm run reliability: e2e/faults, one file at a time, and a table of what came of each fault in docs/reliability.md.
 * `npm run reliability -- database` runs only the files with that in their path, and writes nothing.
 */
const root = join(import.meta.dirname, '..');
const chosen = readJestCall('reliability');
const run = { project: 'faults', options: ['--runInBand', '--testTimeout=300000'], chosen };

async function describeRun(passed: number): Promise<string> {
  const { database } = await providePrograms(() => undefined);
  const day = new Date().toISOString().slice(0, 10);
  const processors = availableParallelism();
  return `${passed} tests on ${day}, ${database.vendor} ${database.series}, ${processors} processors`;
}

async function runFaults(directory: string, signal: AbortSignal): Promise<boolean> {
  // Found or installed before the first test would have to wait for it.
  await providePrograms((message) => console.log(message));
  const [resultsFile, healedFile] = [join(directory, 'results.json'), join(directory, 'healed.jsonl')];
  const environment = { ...process.env, HEALED_FILE: healedFile };
  const { passed, failed, succeeded } = await runJest(run, resultsFile, { environment, signal });
  console.log(`${passed} passed, ${failed} failed`);
  const isGood = succeeded && failed === 0 && !signal.aborted;
  if (chosen.length > 0 || signal.aborted) return isGood;
  const results = { outcomes: readOutcomes(resultsFile, root), healed: readHealed(healedFile) };
  const unhealed = listFailed(results);
  unhealed.forEach((fault) => console.error(`not healed: ${fault}`));
  console.log(`report: ${await writeReport(root, results, await describeRun(passed))}`);
  return isGood && unhealed.length === 0;
}

await runInDirectory('tradepost-reliability-', runFaults);
