import { pairsOf, shortened } from './connections.ts';
import type { Rendering } from './objects.ts';

/** Who reaches whom: one row for each two, a source that reaches nothing included. */
export function tellMatrix(rendering: Rendering): string[] {
  const pairs = pairsOf(rendering);
  const rows = new Map<string, string[]>();
  for (const source of new Set(pairs.map((pair) => pair.source))) {
    const open = pairs.filter((pair) => pair.source === source && pair.ports.length > 0);
    if (open.length === 0) rows.set(source, [source, 'nothing', '']);
    // Several workloads may make pods of one name.
    for (const { target, ports } of open) rows.set(`${source} ${target}`, [source, target, shortened(ports)]);
  }
  return table([['from', 'to', 'ports'], ...rows.values()]);
}

function table(rows: string[][]): string[] {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
