import { expect, test } from '@jest/globals';
import { parts } from '../check/parts.ts';
import { plant, replaceTools } from './helpers/plant.ts';

test.each(Object.entries(parts))('%s finds no fault in a tree that keeps the rules', async (_name, part) => {
  expect(await part(plant())).toEqual({ passed: true, output: '' });
});

const code = 'export const five = 5;\n';

test.each<[name: keyof typeof parts, files: Record<string, string>, output: RegExp]>([
  ['lint', { 'scripts/seed.ts': 'export default 5;\n' }, /no-restricted-exports/],
  [
    'types',
    { 'scripts/seed.ts': `${code}export const six: string = five + 1;\n` },
    /scripts\/seed.ts.+TS2322/,
  ],
  ['boundaries', { 'service-kit/src/five.ts': code }, /service-kit\/src\/five.ts .+no-orphans/],
  ['formats', { 'scripts/seed.ts': 'export const five =  5\n' }, /scripts\/seed.ts/],
  ['structure', { 'scripts/seedData.ts': code }, /scripts\/seedData.ts {2}not in kebab-case/],
  ['openapi', { 'scripts/openapi.ts': "throw new Error('stale');\n" }, /stale/],
])('%s fails for a planted breach', async (name, files, output) => {
  expect(await parts[name](plant(files))).toEqual({ passed: false, output: expect.stringMatching(output) });
});

test('the compiler has to be TypeScript 7', async () => {
  const root = plant({ 'tools/tsc': '#!/bin/sh\necho Version 6.0.2\n' });
  replaceTools(root);
  expect(await parts.types(root)).toEqual({
    passed: false,
    output: 'tsc is not TypeScript 7: Version 6.0.2',
  });
});

test('boundaries have to have seen modules', async () => {
  const seesNothing = `#!/bin/sh\necho '{"summary":{"totalCruised":0,"violations":[]}}'\n`;
  const root = plant({ 'tools/depcruise': seesNothing });
  replaceTools(root);
  expect(await parts.boundaries(root)).toEqual({
    passed: false,
    output: 'dependency-cruiser saw no module',
  });
});
