import { join } from 'node:path';
import { auditDatabases } from './audit/audit-databases.ts';
import { withDatabases } from './audit/databases.ts';
import { findLocal } from './audit/find-local.ts';
import { printFindings } from './audit/print-findings.ts';
import { readSettings } from './audit/read-settings.ts';
import { readCall } from './commands/read-call.ts';
import { Refusal } from './local/refusal.ts';

/** npm run audit: looks for breaches of the invariants in all databases, as a user who may only read; 1 when there is any. */
async function main(): Promise<void> {
  const directory = readCall('audit').options.data ?? join(import.meta.dirname, '../.data');
  const places = readSettings(process.env) ?? (await findLocal(directory));
  const findings = await withDatabases(places, auditDatabases);
  process.exitCode = printFindings(findings) === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
}
process.exit();
