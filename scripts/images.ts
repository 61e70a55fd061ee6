import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** npm run images: builds every image, with the version of package.json as its tag; `-- --kind` also loads them into kind. */
const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const images = ['auth-service', 'product-service', 'order-service', 'nginx', 'provision'] as const;
const { values } = parseArgs({ options: { kind: { type: 'boolean', default: false } } });

function run(program: string, ...args: string[]): void {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) return;
  const reason = error ? `${error.message}: is ${program} installed, and in PATH?` : `exit ${status}`;
  console.error(`${program} ${args[0]} failed (${reason}).`);
  process.exit(1);
}

const tags = images.map((image) => `tradepost/${image}:${version}`);
for (const [index, image] of images.entries()) {
  const startedAt = performance.now();
  const tag = tags[index] ?? '';
  run(
    'docker',
    'build',
    '--quiet',
    '--file',
    `${image}/Dockerfile`,
    '--build-arg',
    `VERSION=${version}`,
    '--tag',
    tag,
    '.',
  );
  console.log(`${tag}  ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}
if (values.kind) run('kind', 'load', 'docker-image', ...tags);
