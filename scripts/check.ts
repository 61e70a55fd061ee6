import { dirname } from 'node:path';
import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { parts, type Part } from './check/parts.ts';
import { readCall } from './commands/read-call.ts';

/** npm run check: every part, one line each. `node scripts/check.ts lint types` runs only these. */
const root = dirname(import.meta.dirname);
const chosen = new Set<string>(readCall('check').words);

const limit = pLimit(Math.min(2, availableParallelism()));
const wanted = Object.entries(parts).filter(([name]) => chosen.size === 0 || chosen.has(name));
const results = await Promise.all(wanted.map(async ([name, part]) => limit(async () => report(name, part))));
process.exitCode = results.every(Boolean) ? 0 : 1;

async function report(name: string, part: Part): Promise<boolean> {
  const startedAt = performance.now();
  const { passed, output } = await part(root);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds.padStart(5)} s`);
  if (!passed) console.log(output.replace(/^/gm, '         '));
  return passed;
}
