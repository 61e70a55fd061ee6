/** What is counted, how much of it, and what there is to say about it. */
export type TableRow = [what: string, amount: number | string, remark?: string];

const formatted = (amount: number | string): string =>
  typeof amount === 'number' ? amount.toLocaleString('en-GB') : amount;

/** Rows below each other, amounts aligned to the right. */
export function layOutTable(rows: readonly TableRow[]): string {
  const texts = rows.map(([what, amount, remark = '']) => [what, formatted(amount), remark] as const);
  const widthOf = (column: 0 | 1): number => Math.max(...texts.map((row) => row[column].length));
  const [left, right] = [widthOf(0), widthOf(1)];
  return texts
    .map(([what, amount, remark]) => `  ${what.padEnd(left)}  ${amount.padStart(right)}  ${remark}`.trimEnd())
    .join('\n');
}

const mostShown = 20;

/** The table, and below it whatever is not as it should be. */
export function printTable(rows: readonly TableRow[], complaints: readonly string[]): void {
  console.log(`\n${layOutTable(rows)}\n`);
  for (const complaint of complaints.slice(0, mostShown)) console.error(complaint);
  if (complaints.length > mostShown) console.error(`... and ${complaints.length - mostShown} more.`);
}
