/**
 * Who may import whom. The arrow: main -> app -> routes -> use case or queries -> model, clients, pure rules.
 * Nothing points up.
 */
const SERVICE = '^([a-z]+-(?:service|simulator))/src/';
const SOURCE = '^[a-z-]+/src/';
/** What somebody runs as a process. */
const PROCESS = '/src/(main|worker|rotate-keys|migrate[a-z-]*)[.]ts$';
const TESTING = '^service-kit/src/testing';
const MODEL_HELPERS = '^service-kit/src/(model|column)[a-z-]*[.]ts$';
const USE_CASE = '/src/(?!clients/)[a-z-]+/(?![a-z-]+-client[.])[a-z]+-[a-z-]+[.]ts$';
const WORKSPACES = [
  'service-kit',
  'events',
  'jobs',
  'postal-address',
  'revocations',
  'text-formats',
  'auth-service',
  'product-service',
  'order-service',
  'payment-simulator',
];
const ONE_IMPORTER = ['axios', 'winston', 'jsonwebtoken', 'bcrypt', 'prom-client', 'nodemailer'];

/** The folders of a package and of its types, wherever npm has put them. */
const npm = (name) => `node_modules/(@types/)?${name}/`;

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const oneImporter = WORKSPACES.flatMap((workspace) =>
  ONE_IMPORTER.map((name) => ({
    name: `one-importer-of-${name}`,
    comment: 'A library that could be replaced has one file that knows it.',
    severity: 'error',
    from: { path: `^${workspace}/src/` },
    module: { path: npm(name), numberOfDependentsMoreThan: 1 },
  })),
);

const between = [
  forbid(
    'kit-imports-no-service',
    'What several services share knows no business.',
    { path: '^(service-kit|events|jobs|postal-address|revocations|text-formats)/' },
    { path: SERVICE },
  ),
  forbid(
    'no-service-imports-another',
    'Services talk over HTTP.',
    { path: '^([a-z]+-(?:service|simulator))/' },
    { path: SERVICE, pathNot: '^$1/' },
  ),
  forbid(
    'source-imports-source-only',
    'Tests and scripts know the services, never the reverse.',
    { path: SOURCE },
    { path: '^[^/]+/', pathNot: [SOURCE, 'node_modules/'], dependencyTypesNot: ['core'] },
  ),
  forbid(
    'testing-is-for-tests',
    'The test kit does not run in production.',
    { path: SOURCE, pathNot: TESTING },
    { path: TESTING },
  ),
  forbid(
    'no-dev-dependency-in-source',
    'Images are installed without dev dependencies.',
    { path: SOURCE, pathNot: TESTING },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm'] },
  ),
  forbid(
    'declared-dependencies-only',
    'What is imported stands in a package.json.',
    {},
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  ),
  forbid('resolvable', 'Every import leads to a file.', {}, { couldNotResolve: true }),
];

const arrow = [
  forbid('nothing-imports-main', 'main.ts is the process.', {}, { path: `${SERVICE}(main|worker)[.]ts$` }),
  forbid(
    'only-main-imports-app',
    'app.ts is the pipeline; only the process runs it.',
    { path: SERVICE, pathNot: '/main[.]ts$' },
    { path: `${SERVICE}app[.]ts$` },
  ),
  forbid(
    'only-app-imports-routes',
    'Routes are the outermost files of a feature.',
    { path: SOURCE, pathNot: '/src/(app|routes|events[.]routes)[.]ts$' },
    { path: '[.]routes[.]ts$' },
  ),
  forbid(
    'only-the-border-imports-express',
    'Below the routes nothing knows HTTP.',
    { path: SERVICE, pathNot: '([.]routes|/app|/main)[.]ts$' },
    { path: npm('express') },
  ),
  forbid(
    'features-keep-routes-and-schemas',
    'A feature offers its use cases, queries and models; its HTTP shape is its own.',
    { path: `${SERVICE}([a-z-]+)/` },
    { path: '^$1/src/[a-z-]+/.+[.](routes|schemas)[.]ts$', pathNot: '^$1/src/$2/' },
  ),
  forbid(
    'models-import-models',
    'A model is the table and nothing above it.',
    { path: `${SERVICE}.+[.]model[.]ts$` },
    { path: '.', pathNot: ['[.]model[.]ts$', npm('sequelize'), MODEL_HELPERS] },
  ),
  forbid(
    'errors-import-the-kit',
    'A factory of problems depends on nothing that throws them.',
    { path: `${SERVICE}.+[.]errors[.]ts$` },
    { path: SERVICE, pathNot: '[.]errors[.]ts$' },
  ),
  forbid(
    'schemas-point-down',
    'A schema is a shape; it asks nobody.',
    { path: `${SERVICE}.+[.]schemas[.]ts$` },
    { path: [npm('express'), '[.](routes|queries)[.]ts$', '/src/clients/', '-client[.]ts$'] },
  ),
  forbid(
    'clients-point-down',
    'A client knows the other service, not the use case that calls it.',
    { path: [`${SERVICE}clients/`, `${SERVICE}.+-client[.]ts$`] },
    { path: ['[.](routes|schemas|queries|model)[.]ts$', USE_CASE] },
  ),
  forbid(
    'config-and-metrics-are-leaves',
    'Everyone may import them, so they import nobody.',
    { path: `${SERVICE}(config|metrics)[.]ts$` },
    { path: SERVICE },
  ),
];

const shape = [
  forbid('no-cycles', 'A cycle has no top to read from.', {}, { circular: true }),
  forbid(
    'no-orphans',
    'Nobody imports it and it imports nobody.',
    {
      orphan: true,
      pathNot: [
        '/(main|migrate)[.]ts$',
        '^scripts/[^/]+$',
        '/test/',
        '^e2e/',
        '^[^/]+[.]c?js$',
        '^nginx/site/',
        '[.]d[.]ts$',
      ],
    },
    {},
  ),
  forbid(
    'no-dead-source',
    'No process and no script ever loads it.',
    { path: [PROCESS, '^scripts/'] },
    { path: SOURCE, pathNot: [TESTING, PROCESS], reachable: false },
  ),
];

module.exports = {
  forbidden: [...between, ...arrow, ...shape, ...oneImporter],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)([.]data|coverage)' },
    // Types count too: who names a type of a file depends on it.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json', '.d.ts'],
    },
  },
};
