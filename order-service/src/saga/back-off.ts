const baseSeconds = 0.2;
const longestSeconds = 5;

/**
 * How long to wait before the next try: exponential with full jitter, so that what failed together does not come back
 * together.
 */
export function backOff(attempts: number): number {
  return Math.random() * Math.min(longestSeconds, baseSeconds * 2 ** attempts);
}
