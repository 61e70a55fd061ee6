import type { Measured } from '../figures/figure.ts';
import type { Sample } from '../measure/sample.ts';

const number = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
const show = (sample: Sample | undefined, unit: string): string =>
  sample ? `${number(sample.value)} ${unit}` : '';

export function describeLimit({ figure: { limit, judges, unit } }: Measured): string {
  const of = judges === 'ratio' ? ' x' : ` ${unit}`;
  return 'atLeast' in limit ? `>= ${limit.atLeast}${of}` : `<= ${limit.atMost}${of}`;
}

function toRow(one: Measured): string[] {
  const { figure, replicas, ours, reference, judged, isMet } = one;
  const times = [ours.p50Ms, ours.p99Ms].map((ms) => (ms === undefined ? '' : ms.toFixed(1)));
  return [
    figure.goal,
    String(replicas),
    show(reference, figure.unit),
    show(ours, figure.unit),
    judged.toFixed(figure.judges === 'ratio' ? 3 : 1),
    describeLimit(one),
    isMet ? 'ok' : 'missed',
    ...times,
    [...(ours.cpu ?? [])].map(([name, micros]) => `${name} ${Math.round(micros)}`).join(', '),
  ];
}

const heads = [
  'goal',
  'replicas',
  'reference',
  'ours',
  'judged',
  'limit',
  '',
  'p50 ms',
  'p99 ms',
  'CPU µs a request',
];

/** Prints the figures as a table. A figure whose check found faults is replaced by them. */
export function printTable(measured: readonly Measured[]): void {
  const rows = [heads, ...measured.filter(({ faults }) => faults.length === 0).map(toRow)];
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  for (const { figure, faults } of measured)
    if (faults.length > 0) console.log(`${figure.goal} is not shown: its check found ${faults.join('; ')}.`);
}
