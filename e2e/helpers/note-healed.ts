import { appendFileSync } from 'node:fs';
import type { FaultName } from '../../scripts/reliability/faults.ts';

/** Tells npm run reliability after how many seconds all was well again. */
export function noteHealed(fault: FaultName, seconds: number): void {
  const { HEALED_FILE: file } = process.env;
  if (file) appendFileSync(file, `${JSON.stringify({ fault, seconds })}\n`);
}
