import { join } from 'node:path';
import { runInDirectory } from './jest/run-in-directory.ts';
import { readJestCall } from './jest/read-jest-call.ts';
import { type Counts, runJest } from './jest/run-jest.ts';
import { openDataDirectory } from './local/data-directory.ts';
import { type DatabaseServer, startDatabase } from './local/database-server.ts';
import { providePrograms } from './local/install-programs.ts';
import { openSecrets } from './local/secrets.ts';

/** npm test: a private database server, then Jest. `npm test -- auth-service` runs only the files with that in their path. */
const chosen = readJestCall('test');

/** First what runs side by side, then what starts everything, one file at a time; e2e/faults is npm run reliability. */
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
      // Every stack that a test starts finds the sources compiled.
      NODE_COMPILE_CACHE: join(directory, 'compile-cache'),
      TEST_DB_HOST: server.host,
      TEST_DB_PORT: `${server.port}`,
      TEST_DB_USER: 'tests',
      TEST_DB_PASSWORD: password,
    };
    for (const run of runs) {
      if (signal.aborted) break;
      const resultsFile = join(directory, `${run.project}.json`);
      const result = await runJest({ ...run, chosen }, resultsFile, { environment, signal });
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

await runInDirectory('tradepost-test-', runAll);
