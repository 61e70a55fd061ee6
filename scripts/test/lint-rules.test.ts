import { relative } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { runTool } from '../check/tool.ts';
import { plant } from './helpers/plant.ts';

const lines = (count: number): string =>
  Array.from({ length: count }, (_, n) => `console.log(${n});\n`).join('');

/** The rule, the file it is planted in, and the breach. */
const breaches: [string, string, string][] = [
  [
    '@typescript-eslint/no-floating-promises',
    'scripts/floating.ts',
    'export function go(): void {\n  Promise.resolve(1);\n}\n',
  ],
  [
    '@typescript-eslint/no-misused-promises',
    'scripts/misused.ts',
    'export function go(ready: () => Promise<boolean>): number {\n  return ready() ? 1 : 2;\n}\n',
  ],
  [
    '@typescript-eslint/switch-exhaustiveness-check',
    'scripts/inexhaustive.ts',
    "export function go(state: 'on' | 'off'): void {\n  switch (state) {\n    case 'on':\n      console.log(state);\n  }\n}\n",
  ],
  ['max-lines', 'scripts/long-file.ts', lines(251)],
  ['max-lines-per-function', 'scripts/long-function.ts', `export function go(): void {\n${lines(40)}}\n`],
  [
    'max-params',
    'scripts/params.ts',
    'export const go = (a: 1, b: 2, c: 3, d: 4): number => a + b + c + d;\n',
  ],
  [
    'complexity',
    'scripts/complex.ts',
    `export const go = (n: number): boolean => ${Array.from({ length: 11 }, (_, digit) => `n === ${digit}`).join(' || ')};\n`,
  ],
  ['no-restricted-exports', 'scripts/default-export.ts', 'export default 5;\n'],
  ['no-restricted-properties', 'order-service/src/env.ts', 'export const port = process.env.PORT;\n'],
  ['no-restricted-properties', 'order-service/src/orders/config.ts', 'export const { env } = process;\n'],
  [
    'no-restricted-imports',
    'order-service/src/env-import.ts',
    "import { env } from 'node:process';\nvoid env;\n",
  ],
  [
    'no-restricted-syntax',
    'order-service/src/status.ts',
    "import type { Response } from 'express';\nexport const go = (res: Response): Response => res.status(404);\n",
  ],
  [
    'no-restricted-syntax',
    'order-service/src/send-status.ts',
    "import type { Response } from 'express';\nexport const go = (res: Response): Response => res.sendStatus(500);\n",
  ],
  [
    'no-restricted-syntax',
    'scripts/sync-hash.ts',
    "import bcrypt from 'bcrypt';\nexport const hash = bcrypt.hashSync('secret', 12);\n",
  ],
  [
    'no-restricted-syntax',
    'order-service/test/sync-hash.test.ts',
    "import { compareSync } from 'bcrypt';\nvoid compareSync;\n",
  ],
  ['no-console', 'order-service/src/console.ts', "console.log('here');\n"],
];

let found: { file: string; rule: string | null }[];

beforeAll(async () => {
  const root = plant(Object.fromEntries(breaches.map(([, file, text]) => [file, text])));
  const { output } = await runTool(root, 'eslint', '.', '--format', 'json');
  const results = JSON.parse(output) as { filePath: string; messages: { ruleId: string | null }[] }[];
  found = results.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId }) => ({ file: relative(root, filePath), rule: ruleId })),
  );
});

test.each(breaches)('%s finds the breach in %s', (rule, file) => {
  expect(found).toContainEqual({ file, rule });
});
