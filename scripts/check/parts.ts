import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Call } from '../commands/read-call.ts';
import { boundaries } from './boundaries.ts';
import { lineFor } from './source.ts';
import { structure } from './structure.ts';
import { runTool, type Outcome } from './tool.ts';

export type Part = (root: string) => Promise<Outcome>;

/** What `npm run check` looks at; the slowest first, so that nothing waits for it at the end. */
export const parts: Record<Call<'check'>['words'][number], Part> = {
  lint: async (root) => runTool(root, 'eslint', '.', '--max-warnings', '0'),
  types,
  boundaries,
  formats: async (root) => runTool(root, 'prettier', '--check', '--log-level', 'warn', '.'),
  structure: judgeStructure,
  openapi: judgeOpenapi,
};

async function types(root: string): Promise<Outcome> {
  const version = await runTool(root, 'tsc', '-v');
  if (!version.output.startsWith('Version 7.')) {
    return { passed: false, output: `tsc is not TypeScript 7: ${version.output}` };
  }
  return runTool(root, 'tsc', '--noEmit');
}

async function judgeStructure(root: string): Promise<Outcome> {
  const lines = structure.flatMap((rule) => rule(root).map(lineFor));
  return Promise.resolve({ passed: lines.length === 0, output: lines.join('\n') });
}

/** The committed OpenAPI document is the one that the routes make today. */
async function judgeOpenapi(root: string): Promise<Outcome> {
  const script = 'scripts/openapi.ts';
  if (!existsSync(join(root, script))) return { passed: true, output: '' };
  return runTool(root, 'node', script, '--check');
}
