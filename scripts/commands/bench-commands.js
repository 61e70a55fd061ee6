import { kafka } from './shared-options.js';

/** Commands that measure a shop of their own. */
export const benchCommands =
  /** @satisfies {Record<string, import('./command.ts').Command>} */
  (
    /** @type {const} */ ({
      bench: {
        call: 'npm run bench',
        summary:
          'Measures each goal of speed against its reference in the same run, and checks the data after it.',
        script: 'bench/bench.ts',
        options: {
          only: { type: 'text', value: 'GOALS', description: 'measures these goals alone, such as G1,G4' },
          seconds: {
            type: 'integer',
            value: 'N',
            min: 1,
            max: 600,
            default: 3,
            description: 'length of one round',
          },
          rounds: {
            type: 'integer',
            value: 'N',
            min: 1,
            max: 99,
            default: 3,
            description: 'rounds of each figure',
          },
          products: {
            type: 'integer',
            value: 'N',
            min: 1,
            max: 1_000_000,
            default: 10_000,
            description: 'products of the shop',
          },
          buyers: {
            type: 'integer',
            value: 'N',
            min: 1,
            max: 100_000,
            default: 1_000,
            description: 'accounts that buy',
          },
          replicas: {
            type: 'text',
            value: 'NUMBERS',
            pattern: /^[1-8](,[1-8])*$/,
            default: '1,2',
            description: 'replicas of each service',
          },
          page: { type: 'path', value: 'FILE', default: 'bench.html', description: 'page with plots' },
        },
      },
      'bench:events': {
        call: 'npm run bench:events',
        summary: 'Measures how late events arrive and how many are relayed per second.',
        script: 'bench/events.ts',
        options: { kafka },
      },
      'bench:log-in-flood': {
        call: 'npm run bench:log-in-flood',
        summary: 'Measures how fast reads are during a flood of log-ins.',
        script: 'bench/log-in-flood.ts',
        options: {},
      },
    })
  );
