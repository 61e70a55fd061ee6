/**
 * Tests lie beside what they test; those that need the whole house lie in e2e/ and run one file at a time. Those that
 * break it lie in e2e/faults/ and take longer than anybody waits for npm test: npm run reliability runs them.
 */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '[.]ts$': '<rootDir>/scripts/jest/strip-types.js' },
  modulePathIgnorePatterns: ['<rootDir>/[.]data'],
};

export default {
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/*/test/**/*.test.ts'] },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/e2e/*.test.ts'] },
    { ...shared, displayName: 'faults', testMatch: ['<rootDir>/e2e/faults/*.test.ts'] },
  ],
  // Jest heeds this one here only; a project that needs longer is run with --testTimeout.
  testTimeout: 30_000,
  maxWorkers: 2,
  coverageProvider: 'v8',
  coverageDirectory: 'coverage',
  collectCoverageFrom: ['*/src/**/*.ts'],
};
