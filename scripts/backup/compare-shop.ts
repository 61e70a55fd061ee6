import type { TableRow } from '../replay/print-table.ts';
import type { Check } from './check.ts';
import { databaseNames, type ByDatabase } from './databases.ts';
import type { DatabaseRecord } from './manifest.ts';
import type { Contents } from './read-table.ts';
import type { Sums } from './sum-up.ts';

export type Tables = DatabaseRecord['tables'];

export interface Comparison {
  rows: TableRow[];
  /** Each thing that is not as the backup has it. */
  differences: string[];
}

const total = (tables: Tables): number => Object.values(tables).reduce((sum, { rows }) => sum + rows, 0);

export function countRows(databases: ByDatabase<{ tables: Tables }>): number {
  return databaseNames.reduce((sum, name) => sum + total(databases[name].tables), 0);
}

/** What the table has that the backup has not, or the other way round; undefined when there is nothing. */
function compareTable(
  expected: Contents,
  found: Contents | undefined,
  rowsOnly: boolean,
): string | undefined {
  if (found?.rows !== expected.rows) return `has ${found?.rows ?? 0} rows; the backup has ${expected.rows}.`;
  if (rowsOnly || found.sha256 === expected.sha256) return undefined;
  return 'has other values than the backup, in as many rows.';
}

/**
 * The rows of all tables, one line for each database.
 * @param rowsOnly counts them; otherwise every value of every row is in the comparison
 */
export function compareContents(
  expected: ByDatabase<{ tables: Tables }>,
  found: ByDatabase<Tables>,
  rowsOnly: boolean,
): Comparison {
  const differences = databaseNames.map((name) =>
    Object.entries(expected[name].tables).flatMap(([table, contents]) => {
      const difference = compareTable(contents, found[name][table], rowsOnly);
      return difference === undefined ? [] : [`${name}.${table} ${difference}`];
    }),
  );
  const rows = databaseNames.map((name, index): TableRow => {
    const different = differences[index]?.length ?? 0;
    const tables = Object.keys(expected[name].tables).length;
    const same = `${tables} tables, ${rowsOnly ? 'as many' : 'the same'} as in the backup`;
    const remark = different === 0 ? same : `${different} of ${tables} tables DIFFER`;
    return [`rows of ${name}`, total(found[name]), remark];
  });
  return { rows, differences: differences.flat() };
}

export function compareSums(expected: Sums, found: Sums): Comparison {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  const isSame = (what: string): boolean => expected[what] === found[what];
  return {
    rows: names.map((what) => [
      what,
      Number(found[what] ?? 0),
      isSame(what) ? 'as in the backup' : `DIFFERS from ${expected[what] ?? 0}`,
    ]),
    differences: names
      .filter((what) => !isSame(what))
      .map((what) => `${what}: ${found[what] ?? 0}, in the backup ${expected[what] ?? 0}.`),
  };
}

export function describeChecks(checks: readonly Check[]): TableRow[] {
  return checks.map(({ rule, faults }) => [
    rule,
    faults.length === 0 ? 'yes' : 'NO',
    faults.length === 0 ? '' : `${faults.length} not, named below`,
  ]);
}
