import type { ICruiseResult } from 'dependency-cruiser';
import { runTool, type Outcome } from './tool.ts';

/** The import rules of .dependency-cruiser.cjs. */
export async function boundaries(root: string): Promise<Outcome> {
  const { output } = await runTool(root, 'depcruise', '.', '--output-type', 'json');
  if (!output.startsWith('{')) return { passed: false, output };
  const { totalCruised, violations } = (JSON.parse(output) as ICruiseResult).summary;
  // Without a TypeScript it can load, dependency-cruiser sees no module, finds no fault and is content.
  if (totalCruised === 0) return { passed: false, output: 'dependency-cruiser saw no module' };
  const lines = violations.map(({ rule, from, to }) => `${from} -> ${to}  ${rule.name}`);
  return { passed: violations.length === 0, output: lines.join('\n') };
}
