import { dirname } from 'node:path';
import { lineFor } from './check/source.ts';
import { readCall } from './commands/read-call.ts';
import { parts, type Part } from './workflows/parts.ts';

/** npm run workflows: whether the GitHub workflows keep our rules, one line each. Runs nothing of them. */
readCall('workflows');
const root = dirname(import.meta.dirname);
const results: boolean[] = [];
for (const [name, part] of Object.entries(parts)) results.push(await report(name, part));
process.exitCode = results.every(Boolean) ? 0 : 1;

async function report(name: string, part: Part): Promise<boolean> {
  const breaches = await part(root);
  console.log(`${breaches.length === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  for (const breach of breaches) console.log(`         ${lineFor(breach)}`);
  return breaches.length === 0;
}
