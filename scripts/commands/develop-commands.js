import { patterns } from './shared-options.js';

/** Commands of a developer. */
export const developCommands =
  /** @satisfies {Record<string, import('./command.ts').Command>} */
  (
    /** @type {const} */ ({
      setup: {
        call: 'npm run setup',
        summary: 'Installs the packages that package-lock.json names, the pinned Node among them.',
        options: {},
      },
      check: {
        call: 'npm run check',
        summary: 'Checks types, lint rules, imports, formats, structure and the OpenAPI document.',
        script: 'scripts/check.ts',
        options: {},
        positionals: {
          value: 'PART',
          count: 'any',
          choices: ['lint', 'types', 'boundaries', 'formats', 'structure', 'openapi'],
          description: 'runs only this part',
        },
      },
      format: {
        call: 'npm run format',
        summary: 'Formats the source with Prettier.',
        script: 'scripts/format.ts',
        options: {},
        positionals: { value: 'PATH', count: 'any', description: 'formats only this file or directory' },
      },
      test: {
        call: 'npm test',
        summary: 'Starts a private database and runs the tests on it. Options of Jest are passed on.',
        script: 'scripts/test.ts',
        options: {},
        positionals: patterns,
        passesTo: 'Jest',
      },
      openapi: {
        call: 'npm run openapi',
        summary: 'Writes docs/openapi.json and docs/asyncapi.json.',
        script: 'scripts/openapi.ts',
        options: { check: { type: 'boolean', description: 'compares the files and writes none' } },
      },
      workflows: {
        call: 'npm run workflows',
        summary: 'Checks .github/workflows and runs none of them.',
        script: 'scripts/workflows.ts',
        options: {},
      },
      manifests: {
        call: 'npm run manifests',
        summary: 'Renders deployment/ and checks it. No cluster is called.',
        script: 'scripts/manifests.ts',
        options: {
          matrix: { type: 'boolean', description: 'also prints the connections between the pods' },
          write: {
            type: 'path',
            value: 'DIRECTORY',
            description: 'writes the local overlay as one file into this directory, and checks nothing',
          },
          version: { type: 'text', value: 'VERSION', description: 'tag of the images that --write names' },
          registry: {
            type: 'text',
            value: 'REGISTRY',
            description: 'registry of the images that --write names',
          },
        },
      },
      'compose:e2e': {
        call: 'npm run compose:e2e',
        summary: 'Builds the images, starts a Compose project of its own, tests it and removes it.',
        script: 'scripts/compose-e2e.ts',
        options: {},
        positionals: {
          value: 'WORD',
          count: 'any',
          description: 'runs only the checks that begin with this word',
        },
      },
      'cluster:e2e': {
        call: 'npm run cluster:e2e',
        summary: 'Applies the local overlay to the cluster of kubectl, tests it and removes it.',
        script: 'scripts/cluster-e2e.ts',
        options: {},
        positionals: {
          value: 'CHECK',
          count: 'any',
          choices: [
            ...['again', 'connections', 'suite', 'replay', 'restart', 'scale', 'evict', 'kill', 'setting'],
            ...['secret', 'rotate', 'image', 'database', 'away', 'monitor', 'autoscale', 'kafka', 'tls'],
            ...['orders', 'backup', 'migrate'],
          ],
          description: 'runs only this check',
        },
      },
    })
  );
