import { type Finding, printFindings, type TimedFinding } from './print-findings.ts';

/** For what reports in its own words whether it passed. */
export const passes = (check: string, passed: boolean): Finding => ({
  check,
  expected: 'passes',
  got: passed ? 'passed' : 'failed, see above',
  passed,
});

/** What was checked, in which order and how long it took; a check that throws is one that failed. */
export class Protocol {
  readonly #findings: TimedFinding[] = [];

  async time(name: string, check: () => Promise<Finding | Finding[]>): Promise<void> {
    const startedAt = performance.now();
    console.log(`\n---- ${name}`);
    const found = await check().catch((error: unknown): Finding => {
      const got = error instanceof Error ? error.message : String(error);
      return { check: name, expected: 'to come to its end', got, passed: false };
    });
    const seconds = (performance.now() - startedAt) / 1000;
    const timed = [found].flat().map((finding) => ({ ...finding, seconds }));
    printFindings(timed);
    this.#findings.push(...timed);
  }

  /** Prints all findings together. @returns whether all passed */
  close(): boolean {
    printFindings(this.#findings);
    return this.#findings.every(({ passed }) => passed);
  }
}
