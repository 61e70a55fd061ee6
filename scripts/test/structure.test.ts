import { expect, test } from '@jest/globals';
import { documentSize } from '../check/document-size.ts';
import { entrySize } from '../check/entry-size.ts';
import { environment } from '../check/environment.ts';
import { featureFolders } from '../check/feature-folders.ts';
import { fileNames } from '../check/file-names.ts';
import { fileSize } from '../check/file-size.ts';
import { kitSize } from '../check/kit-size.ts';
import { kitWords } from '../check/kit-words.ts';
import { problemCodes } from '../check/problem-codes.ts';
import { settings } from '../check/settings.ts';
import { lineFor, type Rule } from '../check/source.ts';
import { structure } from '../check/structure.ts';
import { typeCoverage } from '../check/type-coverage.ts';
import { useCases } from '../check/use-cases.ts';
import { cleanTree } from './helpers/clean-tree.ts';
import { plant, type Tree } from './helpers/plant.ts';

type Case = [Rule, Tree, string];

const five = 'export const five = 5;\n';
const blank = (lines: number): string => '\n'.repeat(lines);

const feature = 'order-service/src/orders';
const cancel = `${feature}/cancel-order.ts`;
const template = 'nginx/nginx.conf.template';
const problems = cleanTree['docs/problems.md'];
const declare = (parameters: string): Tree => ({
  [`${feature}/more.errors.ts`]: `export const more = defineProblem(${parameters});\n`,
});

const sizes: Case[] = [
  [documentSize, { 'README.md': blank(151) }, 'README.md  151 lines, at most 150'],
  [documentSize, { 'docs/decisions/0002-x.md': blank(61) }, 'docs/decisions/0002-x.md  61 lines, at most 60'],
  [entrySize, { 'order-service/src/main.ts': blank(41) }, 'order-service/src/main.ts  41 lines, at most 40'],
  [entrySize, { 'order-service/src/app.ts': blank(61) }, 'order-service/src/app.ts  61 lines, at most 60'],
  [fileSize, { 'e2e/x.ts': five.repeat(251) }, 'e2e/x.ts  251 lines of code, at most 250'],
  [fileSize, { 'scripts/x.ts': five.repeat(151) }, 'scripts/x.ts  151 lines of code, at most 150'],
  [fileSize, { 'scripts/x.js': `x = \`${blank(150)}\`;` }, 'scripts/x.js  151 lines of code, at most 150'],
  [
    kitSize,
    { 'service-kit/src/x.ts': five.repeat(2400) },
    'service-kit/src  2416 lines of code, at most 2400',
  ],
];

const names: Case[] = [
  [featureFolders, { [`${feature}/rules/x.ts`]: five }, `${feature}/rules/x.ts  folder in a feature`],
  [
    featureFolders,
    Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`${feature}/rule${n}.ts`, five])),
    `${feature}  21 files, at most 20`,
  ],
  [fileNames, { 'scripts/seedData.ts': five }, 'scripts/seedData.ts  not in kebab-case'],
  [fileNames, { 'sql-scripts/Init.sql': '' }, 'sql-scripts/Init.sql  not in kebab-case'],
  [fileNames, { 'e2e/api-utils.ts': five }, 'e2e/api-utils.ts  "utils" says nothing about what is inside'],
  [
    fileNames,
    { [`${feature}/helpers.ts`]: five },
    `${feature}/helpers.ts  "helpers" says nothing about what is inside`,
  ],
  [
    fileNames,
    { [`${feature}/order-service.ts`]: five },
    `${feature}/order-service.ts  named by a noun and "service": name it by what it does`,
  ],
];

const environments: Case[] = [
  'export const port = process.env.PORT;',
  "export const all = process['env'];",
  'export const { env: all } = process;',
  "import { env as all } from 'node:process';",
].map((text) => [
  environment,
  { [`${feature}/x.ts`]: `// process.env\n${text}` },
  `${feature}/x.ts:2  process.env outside config.ts`,
]);

const words: Case[] = [
  ['export const maxOrders = 5;', 'orders'],
  ["export const who = 'the seller';", 'seller'],
  ['export const text = `${5} payments`;', 'payments'],
  ["export const table = 'stock_ledger';", 'stock'],
].map(([text, word]) => [
  kitWords,
  { 'service-kit/src/x.ts': `// an order\n${text}` },
  `service-kit/src/x.ts:2  "${word}" is a word of the business`,
]);

const stories: Case[] = [
  [
    useCases,
    { [cancel]: '/** Tells. */\nexport async function stopOrder() {}' },
    `${cancel}  exports stopOrder: one function cancelOrder is expected`,
  ],
  [
    useCases,
    { [cancel]: '/** Tells. */\nexport const stop = (): Promise<void> => sleep();' },
    `${cancel}  exports stop: one function cancelOrder is expected`,
  ],
  [
    useCases,
    { [cancel]: '/** Tells. */\nexport function cancelOrder() {}\nexport const five = 5;' },
    `${cancel}  exports cancelOrder, five: one function cancelOrder is expected`,
  ],
  [
    useCases,
    { [cancel]: 'export function cancelOrder() {}' },
    `${cancel}  no header comment tells the story`,
  ],
  [
    useCases,
    { [cancel]: '/** Tells. */\nexport function cancelOrder(req: Request) {}' },
    `${cancel}:2  "req": a use case knows no HTTP`,
  ],
];

const documents: Case[] = [
  [
    problemCodes,
    declare("'teapot', 418, 'x'"),
    `${feature}/more.errors.ts  teapot has no section in docs/problems.md`,
  ],
  [
    problemCodes,
    declare("'order-gone', 404, 'x'"),
    `${feature}/more.errors.ts  order-gone is 404, docs/problems.md says 410`,
  ],
  [
    problemCodes,
    declare('code, status, title'),
    `${feature}/more.errors.ts  defineProblem wants its code and status as literals`,
  ],
  [
    problemCodes,
    { 'docs/problems.md': `${problems}\n## teapot\n\nStatus: 418\n` },
    'docs/problems.md  teapot is documented, but no code declares it',
  ],
  [
    problemCodes,
    { [template]: 'map $status $problem_code {\n    404 lost;\n    default bad-gateway;\n}\n' },
    `${template}  lost has no section in docs/problems.md`,
  ],
  [
    problemCodes,
    { [template]: 'events {}\n' },
    'docs/problems.md  bad-gateway is documented, but no code declares it',
  ],
  [
    settings,
    { 'auth-service/src/config.ts': 'export const settings = {\n  COST: Number,\n};\n' },
    'auth-service/src/config.ts:2  COST is missing in .env.example',
  ],
  [settings, { '.env.example': 'PORT=\nDB_HOST=\nCOST=12\n' }, '.env.example  COST is read by no config.ts'],
  [typeCoverage, { '.ci/x.ts': five }, '.ci/x.ts  outside the include of tsconfig.json'],
];

const breaches = [...sizes, ...names, ...environments, ...words, ...stories, ...documents];

const titled = breaches.map(([rule, files, line]) => ({ name: rule.name, rule, files, line }));

test.each(titled)('$name finds: $line', ({ rule, files, line }) => {
  expect(rule(plant(files)).map(lineFor)).toContain(line);
});

test('every rule has a planted breach', () => {
  expect(new Set(breaches.map(([rule]) => rule))).toEqual(new Set(structure));
});

const harmless: { rule: Rule; file: string; text: string }[] = [
  { rule: fileSize, file: 'scripts/x.ts', text: `/*${blank(200)}*/\n${five.repeat(150)}` },
  { rule: fileNames, file: 'order-service/test/helpers/x.ts', text: five },
  { rule: fileNames, file: 'e2e/helpers/x.ts', text: five },
  {
    rule: kitWords,
    file: 'service-kit/src/x.ts',
    text: "// an order\nfind('ORDER BY id', { order: [] });\n",
  },
  {
    rule: useCases,
    file: `${feature}/order-states.ts`,
    text: `export const isOver = (): boolean => true;\n${five}`,
  },
  {
    rule: useCases,
    file: 'order-service/src/clients/product-client.ts',
    text: 'export async function ask() {}\n',
  },
];

test.each(harmless.map((item) => ({ name: item.rule.name, ...item })))(
  '$name does not mind $file',
  ({ rule, file, text }) => {
    expect(rule(plant({ [file]: text }))).toEqual([]);
  },
);
