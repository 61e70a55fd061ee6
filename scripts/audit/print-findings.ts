import type { Finding } from '@tradepost/service-kit/run-checks.ts';
import { layOutTable, type TableRow } from '../replay/print-table.ts';
import { invariants, notBuilt } from './invariants.ts';

const counted = (count: number): string => (count === 1 ? '1 breach' : `${count} breaches`);
const sum = (findings: readonly Finding[], column: 'checked' | 'breaches'): number =>
  findings.reduce((total, finding) => total + finding[column], 0);

function judge(findings: readonly Finding[]): string {
  const breaches = sum(findings, 'breaches');
  if (breaches === 0) return 'ok';
  const ids = [...new Set(findings.flatMap((finding) => finding.ids))];
  return `${counted(breaches)}: ${ids.join(', ')}${breaches > ids.length ? ', ...' : ''}`;
}

function rowFor(says: string, number: number, findings: readonly Finding[]): TableRow {
  const what = `${String(number).padStart(2)}  ${says}`;
  return notBuilt.includes(number)
    ? [what, '', 'not built']
    : [what, sum(findings, 'checked'), judge(findings)];
}

/** A line for each invariant, with how many rows were looked at; then which rule each breach is one of, and their number. */
export function printFindings(findings: readonly Finding[]): number {
  const byInvariant = Map.groupBy(findings, ({ invariant }) => invariant);
  const rows = invariants.map((says, index) => rowFor(says, index + 1, byInvariant.get(index + 1) ?? []));
  console.log(`${layOutTable(rows)}\n`);
  for (const { invariant, says, breaches, ids } of findings)
    if (breaches > 0) console.error(`${invariant}: ${counted(breaches)} of "${says}": ${ids.join(', ')}`);
  const breaches = sum(findings, 'breaches');
  console.log(`${breaches} breaches`);
  return breaches;
}
