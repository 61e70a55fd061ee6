import type { Finding } from '@tradepost/service-kit/run-checks.ts';
import { auditDatabases } from '../audit/audit-databases.ts';
import { byDatabase, type DatabasePlace, withDatabases } from '../audit/databases.ts';
import { invariants, notBuilt } from '../audit/invariants.ts';
import type { Stack } from '../local/start-stack.ts';

export interface Audited {
  /** One for each invariant. */
  lines: string[];
  breaches: string[];
}

const sum = (findings: readonly Finding[], column: 'checked' | 'breaches'): number =>
  findings.reduce((total, finding) => total + finding[column], 0);

function lineFor(says: string, number: number, findings: readonly Finding[]): string {
  if (notBuilt.includes(number)) return `${number}. ${says}: not built`;
  return `${number}. ${says}: ${sum(findings, 'checked')} checked, ${sum(findings, 'breaches')} breaches`;
}

/** The invariants of the whole shop, as npm run audit checks them. */
export async function audit({ database, secrets }: Stack): Promise<Audited> {
  const { host, port } = database;
  const password = secrets.passwordFor('audit');
  const places = byDatabase((name): DatabasePlace => ({ host, port, name, user: 'audit', password }));
  const findings = await withDatabases(places, auditDatabases);
  const byInvariant = Map.groupBy(findings, ({ invariant }) => invariant);
  const broken = findings.filter(({ breaches }) => breaches > 0);
  return {
    lines: invariants.map((says, index) => lineFor(says, index + 1, byInvariant.get(index + 1) ?? [])),
    breaches: broken.map(({ invariant, says, breaches, ids }) => {
      return `audit ${invariant}: ${breaches} times not "${says}": ${ids.join(', ')}`;
    }),
  };
}
