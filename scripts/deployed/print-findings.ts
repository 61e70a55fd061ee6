/** A line of the closing table. */
export interface Finding {
  check: string;
  expected: string;
  got: string;
  passed: boolean;
}

export interface TimedFinding extends Finding {
  seconds: number;
}

/** What was expected, what came, how long it took; three lines each, because the sentences are long. */
export function printFindings(findings: readonly TimedFinding[]): void {
  console.log('');
  for (const { check, expected, got, passed, seconds } of findings) {
    console.log(`${passed ? 'ok    ' : 'FAILED'} ${check}  (${seconds.toFixed(0)} s)`);
    console.log(`         expected  ${expected}`);
    console.log(`         got       ${got}`);
  }
  const failed = findings.filter(({ passed }) => !passed).length;
  console.log(`\n${findings.length - failed} passed, ${failed} failed`);
}
