import { data, kafka, patterns, seed } from './shared-options.js';

/** Commands that run the shop, or a copy of it. */
export const runCommands =
  /** @satisfies {Record<string, import('./command.ts').Command>} */
  (
    /** @type {const} */ ({
      start: {
        call: 'npm start',
        summary: 'Starts everything on this machine: database, services, payment provider and Nginx.',
        script: 'scripts/start.ts',
        options: {
          replicas: {
            type: 'integer',
            value: 'N',
            min: 1,
            max: 8,
            default: 2,
            description: 'replicas of each service',
          },
          port: {
            type: 'integer',
            value: 'PORT',
            min: 1,
            max: 65_535,
            default: 8080,
            description: 'port of Nginx on 127.0.0.1',
          },
          kafka,
          tls: { type: 'boolean', description: 'speaks HTTPS with a self-signed certificate' },
        },
      },
      reset: {
        call: 'npm run reset',
        summary: 'Deletes the local data of npm start, every account and order in it.',
        script: 'scripts/reset.ts',
        options: { yes: { type: 'boolean', description: 'does not ask before it deletes' } },
      },
      replay: {
        call: 'npm run replay',
        summary:
          'Plays the invoices of a CSV file through Nginx as orders of customers, and compares every sum.',
        script: 'scripts/replay.ts',
        options: {
          file: {
            type: 'path',
            value: 'FILE',
            description: 'CSV, gzipped or not; by default REPLAY_FILE or ../shared/data/online-retail.csv.gz',
          },
          encoding: {
            type: 'encoding',
            value: 'ENCODING',
            default: 'utf-8',
            description: 'encoding of the file, such as latin1 or utf-16le',
          },
          url: {
            type: 'url',
            value: 'URL',
            default: 'http://127.0.0.1:8080',
            description: 'where Nginx answers',
          },
          concurrency: {
            type: 'integer',
            value: 'N',
            min: 1,
            max: 256,
            default: 16,
            description: 'requests at once',
          },
          first: {
            type: 'integer',
            value: 'N',
            min: 1,
            max: 1_000_000_000,
            description: 'plays only the first N invoices',
          },
          data,
        },
      },
      prove: {
        call: 'npm run prove',
        summary: 'Runs a copy of everything under random faults, and audits it.',
        script: 'scripts/prove.ts',
        options: {
          seed,
          minutes: {
            type: 'number',
            value: 'M',
            min: 0.5,
            max: 600,
            default: 10,
            description: 'minutes of trade',
          },
          buyers: {
            type: 'integer',
            value: 'N',
            min: 1,
            max: 200,
            default: 8,
            description: 'buyers at once',
          },
        },
      },
      roll: {
        call: 'npm run roll',
        summary: 'Restarts every process of a copy under load, one replica at a time.',
        script: 'scripts/roll.ts',
        options: {},
      },
      attack: {
        call: 'npm run attack',
        summary: 'Attacks a shop of its own through Nginx, or the one that --url names.',
        script: 'scripts/attack.ts',
        options: {
          url: {
            type: 'url',
            value: 'URL',
            description: 'a running shop; its log-in is in ADMIN_EMAIL and ADMIN_PASSWORD',
          },
          mutations: {
            type: 'integer',
            value: 'N',
            min: 0,
            max: 1_000_000,
            default: 2_000,
            description: 'malformed requests to send',
          },
          seed,
        },
      },
      reliability: {
        call: 'npm run reliability',
        summary: 'Runs the tests of e2e/faults and writes docs/reliability.md.',
        script: 'scripts/reliability.ts',
        options: {},
        positionals: { ...patterns, description: `${patterns.description}, and writes no report` },
        passesTo: 'Jest',
      },
    })
  );
