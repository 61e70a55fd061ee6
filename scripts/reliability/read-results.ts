import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

interface TestFile {
  name: string;
  assertionResults: { status: string; title: string }[];
}

export type Outcome = 'passed' | 'failed' | 'skipped';

function outcomeOf({ assertionResults }: TestFile): Outcome {
  const statuses = assertionResults.map(({ status }) => status);
  // A file without results could not even be loaded.
  if (statuses.length === 0 || statuses.includes('failed')) return 'failed';
  return statuses.includes('passed') ? 'passed' : 'skipped';
}

/** What became of each file of tests, by its path in the checkout. */
export function readOutcomes(resultsFile: string, root: string): Map<string, Outcome> {
  if (!existsSync(resultsFile)) return new Map();
  const { testResults } = JSON.parse(readFileSync(resultsFile, 'utf8')) as { testResults: TestFile[] };
  return new Map(testResults.map((file) => [relative(root, file.name), outcomeOf(file)]));
}

/** For each fault after which all was well again, the seconds that took; the longest, when it was tried more than once. */
export function readHealed(healedFile: string): Map<string, number> {
  if (!existsSync(healedFile)) return new Map();
  const lines = readFileSync(healedFile, 'utf8').trim().split('\n').filter(Boolean);
  const healed = new Map<string, number>();
  for (const { fault, seconds } of lines.map(
    (line) => JSON.parse(line) as { fault: string; seconds: number },
  ))
    healed.set(fault, Math.max(seconds, healed.get(fault) ?? 0));
  return healed;
}
