/** One measured value: requests a second, or a time in milliseconds. */
export interface Sample {
  value: number;
  p50Ms?: number;
  p99Ms?: number;
  /** Processor microseconds for each request, by process. */
  cpu?: ReadonlyMap<string, number>;
}
