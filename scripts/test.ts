import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { openDataDirectory } from './local/data-directory.ts';
import { type DatabaseServer, startDatabase } from './local/database-server.ts';
import { providePrograms } from './local/install-programs.ts';
import { Refusal } from './local/refusal.ts';
import { openSecrets } from './local/secrets.ts';

/** npm test: a private database server, then Jest. `npm test -- auth-service` runs only the files with that in their path. */
const root = join(import.meta.dirname, '..');
const tools = join(root, 'node_modules/.bin');
const jest = join(root, 'node_modules/jest/bin/jest.js');
const chosen = process.argv.slice(2);

interface Counts {
  passed: number;
  failed: number;
}

/** First what runs side by side, then what starts everything, one file at a time. */
const runs = [
  { project: 'unit', options: [] },
  { project: 'e2e', options: ['--runInBand', '--testTimeout=180000'] },
];

function say(message: string): void {
  console.log(`[${process.uptime().toFixed(1).padStart(5)} s] ${message}`);
}

/** The administrator comes in through the socket only; the tests come through TCP and make schemas as they like. */
async function admitTests(server: DatabaseServer, password: string): Promise<string> {
  const connection = await server.connectAsRoot();
  try {
    await connection.query("CREATE USER 'tests'@'%' IDENTIFIED BY ?", [password]);
    await connection.query("GRANT ALL ON *.* TO 'tests'@'%' WITH GRANT OPTION");
    const [rows] = await connection.query('SELECT VERSION() AS version');
    return (rows as { version: string }[])[0]?.version ?? '';
  } finally {
    await connection.end();
  }
}

async function countResults(file: string): Promise<Counts> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  // Without results Jest itself has failed.
  if (text === undefined) return { passed: 0, failed: 1 };
  const results = JSON.parse(text) as Record<string, number>;
  const { numPassedTests = 0, numFailedTests = 0, numRuntimeErrorTestSuites = 0 } = results;
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
}

async function runJest(
  { project, options }: (typeof runs)[number],
  resultsFile: string,
  { environment, signal }: { environment: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<Counts & { succeeded: boolean }> {
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const output = [
    '--json',
    `--outputFile=${resultsFile}`,
    ...(chosen.length > 0 ? ['--passWithNoTests'] : []),
  ];
  const child = spawn(
    process.execPath,
    [...flags, jest, '--selectProjects', project, ...options, ...output, ...chosen.flatMap(asPattern)],
    { cwd: root, stdio: 'inherit', env: environment },
  );
  const stop = (): boolean => child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  const [code] = (await once(child, 'exit')) as [number | null];
  signal.removeEventListener('abort', stop);
  return { ...(await countResults(resultsFile)), succeeded: code === 0 };
}

/** Jest would take a word after --selectProjects for one more project. */
function asPattern(argument: string): string[] {
  return argument.startsWith('-') ? [argument] : ['--testPathPatterns', argument];
}

async function runAll(directory: string, signal: AbortSignal): Promise<boolean> {
  const { database: program } = await providePrograms(say);
  const [data, secrets] = [await openDataDirectory(directory), await openSecrets(directory)];
  const server = await startDatabase({ data, program, secrets, onProgress: say, onDeath: say, signal });
  const total: Counts = { passed: 0, failed: 0 };
  let succeeded = true;
  try {
    const password = secrets.passwordFor('tests');
    say(`testing on ${program.vendor} ${await admitTests(server, password)}`);
    const environment = {
      ...process.env,
      PATH: `${tools}${delimiter}${process.env.PATH ?? ''}`,
      TEST_DB_HOST: server.host,
      TEST_DB_PORT: `${server.port}`,
      TEST_DB_USER: 'tests',
      TEST_DB_PASSWORD: password,
    };
    for (const run of runs) {
      if (signal.aborted) break;
      const result = await runJest(run, join(directory, `${run.project}.json`), { environment, signal });
      total.passed += result.passed;
      total.failed += result.failed;
      succeeded &&= result.succeeded;
    }
  } finally {
    await server.stop();
    await data.unlock();
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return succeeded && total.failed === 0 && !signal.aborted;
}

async function main(): Promise<void> {
  const giveUp = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => giveUp.abort());
  const directory = await mkdtemp(join(tmpdir(), 'tradepost-test-'));
  try {
    process.exitCode = (await runAll(directory, giveUp.signal)) ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Refusal ? error.message : error);
    process.exitCode = 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

await main();
process.exit();
