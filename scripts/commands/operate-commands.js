import { data, place } from './shared-options.js';

/** Commands of an operator. */
export const operateCommands =
  /** @satisfies {Record<string, import('./command.ts').Command>} */
  (
    /** @type {const} */ ({
      images: {
        call: 'npm run images',
        summary: 'Builds every image as tradepost/IMAGE:VERSION.',
        script: 'scripts/images.ts',
        options: {
          kind: { type: 'boolean', description: 'also loads the images into a kind cluster' },
          push: {
            type: 'text',
            value: 'REGISTRY',
            description: 'also pushes the images, for example to registry.example.com/tradepost',
          },
        },
      },
      secrets: {
        call: 'npm run secrets',
        summary: 'Makes every secret that a directory does not hold yet, one file each.',
        script: 'scripts/secrets.ts',
        options: {},
        positionals: {
          value: 'DIRECTORY',
          count: 'one',
          description: 'for example deployment/overlays/production/secrets',
        },
      },
      deploy: {
        call: 'npm run deploy',
        summary: 'Applies overlays/production to the cluster of kubectl and waits for the roll-out.',
        script: 'scripts/deploy.ts',
        options: {
          version: {
            type: 'text',
            value: 'VERSION',
            required: true,
            description: 'tag of the images; required',
          },
          registry: {
            type: 'text',
            value: 'REGISTRY',
            required: true,
            description: 'registry of the images; required',
          },
        },
      },
      backup: {
        call: 'npm run backup',
        summary: 'Writes all databases as they are at one moment, and checks them.',
        script: 'scripts/backup.ts',
        options: {
          from: { ...place, description: 'where the shop runs: local, compose or cluster' },
          to: {
            type: 'path',
            value: 'DIRECTORY',
            description: 'new or empty; by default backups/ and the time',
          },
          data,
        },
      },
      restore: {
        call: 'npm run restore',
        summary: 'Replaces all databases by those of a backup, and compares every sum.',
        script: 'scripts/restore.ts',
        options: {
          from: { type: 'path', value: 'DIRECTORY', required: true, description: 'the backup; required' },
          into: { ...place, description: 'where the shop is: local, compose or cluster' },
          yes: { type: 'boolean', description: 'does not ask before it replaces a shop' },
          data,
        },
      },
      audit: {
        call: 'npm run audit',
        summary: 'Checks the invariants of the shop in all databases.',
        script: 'scripts/audit.ts',
        options: { data },
      },
      'keys:rotate': {
        call: 'npm run keys:rotate',
        summary: 'Publishes the next key for access tokens while npm start runs.',
        script: 'scripts/rotate-keys.ts',
        options: {
          lead: {
            type: 'integer',
            value: 'SECONDS',
            min: 10,
            max: 86_400,
            description: 'time from its publication until the key signs; by default as in auth-service',
          },
          services: { type: 'boolean', description: 'rotates the keys for calls between services instead' },
          data,
        },
      },
    })
  );
