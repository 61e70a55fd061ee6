import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCall } from './commands/read-call.ts';

/**
 * npm run images: builds every image as tradepost/<image>:<version of package.json>. `-- --kind` also loads them into a
 * kind cluster, `-- --push registry.example.com/tradepost` pushes them there.
 */
const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const images = [
  'auth-service',
  'product-service',
  'order-service',
  'payment-simulator',
  'nginx',
  'provision',
];
const { kind, push } = readCall('images').options;

function run(program: string, ...args: string[]): void {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status === 0) return;
  const reason = error ? `${error.message}: install ${program}, then try again` : `exit ${status}, see above`;
  console.error(`${program} ${args[0]} failed (${reason}).`);
  process.exit(1);
}

const tagOf = (image: string): string => `tradepost/${image}:${version}`;

for (const image of images) {
  const startedAt = performance.now();
  const file = `${image}/Dockerfile`;
  run(
    'docker',
    'build',
    '--quiet',
    '--file',
    file,
    '--build-arg',
    `VERSION=${version}`,
    '--tag',
    tagOf(image),
    '.',
  );
  console.log(`${tagOf(image)}  ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}
if (kind) run('kind', 'load', 'docker-image', ...images.map(tagOf));
if (push !== undefined) {
  for (const image of images) {
    const name = `${push.toLowerCase()}/${image}:${version}`;
    run('docker', 'tag', tagOf(image), name);
    run('docker', 'push', name);
    console.log(`pushed ${name}`);
  }
}
