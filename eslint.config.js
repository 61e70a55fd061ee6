import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const TESTS = ['**/test/**/*.ts', 'testing/**/*.ts', 'e2e/**/*.ts', 'service-kit/src/testing{,-*,/**}{,.ts}'];
const SOURCE = ['*/src/**/*.ts'];
// The error handler answers clients; probes are answered by their status alone.
const ANSWERS_ERRORS = ['service-kit/src/error-handler.ts', 'service-kit/src/health.ts'];

const noSyncHashing = ['CallExpression[callee.property.name', 'ImportSpecifier[imported.name'].map(
  (node) => ({
    selector: `${node}=/^(hash|compare|genSalt)Sync$/]`,
    message: 'A synchronous bcrypt call stops the whole process for a quarter of a second.',
  }),
);

const noErrorAnswers = [
  'CallExpression[callee.property.name=/^(status|sendStatus|writeHead)$/][arguments.0.value>=400]',
  'AssignmentExpression[left.property.name="statusCode"][right.value>=400]',
].map((selector) => ({
  selector,
  message: 'Throw a Problem: errors become answers in error-handler.ts only.',
}));

const language = {
  files: ['**/*.ts'],
  extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  rules: {
    '@typescript-eslint/consistent-type-imports': 'error',
    '@typescript-eslint/switch-exhaustiveness-check': [
      'error',
      { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
    ],
    '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
    '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    // An empty string is as good as none: `||` says so.
    '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
    '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    // A type where a shape is computed, an interface where it is written out: the author sees which.
    '@typescript-eslint/consistent-type-definitions': 'off',
    '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    // Libraries make their instances in functions, too.
    '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    // A BIGINT comes as text where the model says number: Number() is what makes it true.
    '@typescript-eslint/no-unnecessary-type-conversion': 'off',
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
    'no-restricted-syntax': ['error', ...noSyncHashing],
  },
};

const size = {
  files: ['**/*.ts'],
  rules: {
    'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
    'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
    'max-params': ['error', 3],
    complexity: ['error', 10],
  },
};

const production = {
  files: SOURCE,
  rules: {
    'no-console': 'error',
    'no-restricted-properties': [
      'error',
      { object: 'process', property: 'env', message: 'Settings are read in config.ts only.' },
    ],
    'no-restricted-imports': [
      'error',
      ...['process', 'node:process'].map((name) => ({
        name,
        importNames: ['env'],
        message: 'Settings are read in config.ts only.',
      })),
    ],
    'no-restricted-syntax': ['error', ...noSyncHashing, ...noErrorAnswers],
  },
};

const config = {
  files: ['*/src/config.ts'],
  rules: { 'no-restricted-properties': 'off', 'no-restricted-imports': 'off' },
};

const errorAnswers = {
  files: ANSWERS_ERRORS,
  rules: { 'no-restricted-syntax': ['error', ...noSyncHashing] },
};

const tests = {
  files: TESTS,
  rules: {
    'max-lines-per-function': 'off',
    // test.each hands over a row.
    'max-params': 'off',
    'no-restricted-properties': 'off',
    'no-restricted-imports': 'off',
    'no-restricted-syntax': ['error', ...noSyncHashing],
    // The body of an answer is `any` until the test has looked at it.
    '@typescript-eslint/no-unsafe-argument': 'off',
    '@typescript-eslint/no-unsafe-assignment': 'off',
    '@typescript-eslint/no-unsafe-call': 'off',
    '@typescript-eslint/no-unsafe-member-access': 'off',
    '@typescript-eslint/no-unsafe-return': 'off',
    '@typescript-eslint/no-non-null-assertion': 'off',
    // A fake has the shape of what it replaces, asynchronous where that is.
    '@typescript-eslint/require-await': 'off',
    '@typescript-eslint/no-empty-function': 'off',
    '@typescript-eslint/unbound-method': 'off',
  },
};

export default defineConfig(
  globalIgnores(['.data*/', 'coverage/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  language,
  size,
  production,
  config,
  errorAnswers,
  tests,
  prettier,
);
