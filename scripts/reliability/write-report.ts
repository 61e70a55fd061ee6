import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderTable, type Results } from './render-table.ts';

const introduction = `# Reliability

Every fault below leaves the audit (\`npm run audit\`) clean within 60 s and loses nothing that was acknowledged. Healed
means: every process is ready, each service reads, orders are placed at once, and no order is on its way any more.
Seconds are those of one run, counted from the moment at which the fault ended; a limit that a test asserts instead is
said to be asserted. Tests outside \`e2e/faults\` are part of \`npm test\`.
`;

/** Writes docs/reliability.md; answers its path. */
export async function writeReport(root: string, results: Results, ran: string): Promise<string> {
  const file = join(root, 'docs/reliability.md');
  await writeFile(
    file,
    `${introduction}\nWritten by \`npm run reliability\`: ${ran}.\n\n${renderTable(results)}\n`,
  );
  return file;
}
