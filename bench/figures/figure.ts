import type { Sample } from '../measure/sample.ts';
import type { OpenedBench } from '../shop/open-bench.ts';

/** A goal of performance.md: what is measured, against which reference of the same run. */
export interface Figure {
  goal: string;
  says: string;
  unit: '/s' | 'ms' | '%' | 'MB' | 'µs';
  /** Numbers of replicas with which it is measured. */
  replicas: readonly number[];
  /** Whether the figure is a share of the reference that must be reached, or a limit that must not be passed. */
  limit: { atLeast: number } | { atMost: number };
  /** Whether `value / reference` is judged, or the value itself. */
  judges: 'ratio' | 'value';
  reference?: (bench: OpenedBench) => Promise<Sample>;
  ours: (bench: OpenedBench) => Promise<Sample>;
  /** Finds what is wrong in the data after the run; a figure whose check finds something is not printed. */
  check?: (bench: OpenedBench) => Promise<string[]>;
}

export interface Measured {
  figure: Figure;
  replicas: number;
  ours: Sample;
  reference: Sample | undefined;
  /** What is judged: the median over the rounds. */
  judged: number;
  isMet: boolean;
  faults: readonly string[];
}
