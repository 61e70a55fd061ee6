import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Tests lie beside what they test; those that need the whole stack lie in e2e/ and run one file at a time. Those that
 * break it lie in e2e/faults/ and take too long for npm test: npm run reliability runs them.
 *
 * Folders are named by `roots`, which are plain paths. Jest takes testMatch for glob patterns and the other settings for
 * regular expressions, so that `!` or `[` in the path of the checkout would hide every test from them.
 */
const root = import.meta.dirname;
const unitFolders = readdirSync(root)
  .filter((name) => name !== 'node_modules')
  .map((name) => join(root, name, 'test'))
  .filter((folder) => existsSync(folder));

const project = (displayName, roots, folder = '**') => ({
  displayName,
  roots,
  testMatch: [`${folder}/*.test.ts`],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '[.]ts$': '<rootDir>/scripts/jest/strip-types.js' },
  modulePathIgnorePatterns: ['/[.]data[^/]*/'],
});

export default {
  projects: [
    project('unit', unitFolders),
    project('e2e', [join(root, 'e2e')], '**/e2e'),
    project('faults', [join(root, 'e2e/faults')]),
  ],
  // Jest heeds this one here only; a project that needs longer is run with --testTimeout.
  testTimeout: 30_000,
  maxWorkers: 2,
  coverageProvider: 'v8',
  coverageDirectory: 'coverage',
  collectCoverageFrom: ['*/src/**/*.ts'],
};
