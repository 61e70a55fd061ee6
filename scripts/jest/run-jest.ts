import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const tools = join(root, 'node_modules/.bin');
const jest = join(root, 'node_modules/jest/bin/jest.js');
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

export interface JestRun {
  /** As jest.config.js names it. */
  project: string;
  options: readonly string[];
  /** What the caller of the script has given: options, and words that stand in the paths of files. */
  chosen: readonly string[];
}

export interface Counts {
  passed: number;
  failed: number;
}

async function countResults(file: string): Promise<Counts> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  // Without results Jest itself has failed.
  if (text === undefined) return { passed: 0, failed: 1 };
  const results = JSON.parse(text) as Record<string, number>;
  const { numPassedTests = 0, numFailedTests = 0, numRuntimeErrorTestSuites = 0 } = results;
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
}

/** The arguments of Jest. The chosen words come first: behind --selectProjects Jest would take one for a project. */
export function argumentsOf({ project, options, chosen }: JestRun, resultsFile: string): string[] {
  const output = ['--json', `--outputFile=${resultsFile}`];
  const none = chosen.length > 0 ? ['--passWithNoTests'] : [];
  return [...chosen, '--selectProjects', project, ...options, ...output, ...none];
}

/** Runs one project of jest.config.js, with the programs of the checkout in PATH. */
export async function runJest(
  run: JestRun,
  resultsFile: string,
  { environment, signal }: { environment: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<Counts & { succeeded: boolean }> {
  const child = spawn(process.execPath, [...flags, jest, ...argumentsOf(run, resultsFile)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...environment, PATH: `${tools}${delimiter}${environment.PATH ?? ''}` },
  });
  const stop = (): boolean => child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  const [code] = (await once(child, 'exit')) as [number | null];
  signal.removeEventListener('abort', stop);
  return { ...(await countResults(resultsFile)), succeeded: code === 0 };
}
