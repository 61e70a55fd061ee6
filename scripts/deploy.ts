import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { readCall } from './commands/read-call.ts';

/**
 * npm run deploy -- --version 1.2.3 --registry registry.example.com/tradepost: applies overlays/production with these
 * images to the cluster of kubectl, and waits until every Deployment has rolled out. For a workflow, the cluster and the
 * secrets may come as text: KUBECONFIG_CONTENT, and SECRETS_JSON (an object of names and values).
 */
const root = join(import.meta.dirname, '..');
const images = ['auth-service', 'product-service', 'order-service', 'nginx'];
const deployments = [...images, 'order-worker'];

function kubectl(args: string[], env: NodeJS.ProcessEnv): void {
  const { status, error } = spawnSync('kubectl', args, { stdio: 'inherit', env });
  if (status !== 0)
    throw new Error(`kubectl ${args[0]} failed: ${error?.message ?? `exit ${status}, see above`}`);
}

async function writePrivately(directory: string, texts: Record<string, string>): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(texts))
    await writeFile(join(directory, name), text, { mode: 0o600 });
}

/** The production overlay, copied, with these images and secrets in it. */
async function prepare(directory: string, registry: string, version: string): Promise<string> {
  await cp(join(root, 'deployment'), directory, { recursive: true });
  const overlay = join(directory, 'overlays/production');
  const secrets = process.env.SECRETS_JSON;
  if (secrets) await writePrivately(join(overlay, 'secrets'), JSON.parse(secrets) as Record<string, string>);
  const file = join(overlay, 'kustomization.yaml');
  const kustomization = parse(await readFile(file, 'utf8')) as { images: object[] };
  kustomization.images = images.map((image) => ({
    name: `tradepost/${image}`,
    newName: `${registry}/${image}`,
    newTag: version,
  }));
  await writeFile(file, stringify(kustomization));
  return overlay;
}

const { version, registry } = readCall('deploy').options;
const directory = await mkdtemp(join(tmpdir(), 'tradepost-deploy-'));
try {
  const overlay = await prepare(join(directory, 'deployment'), registry.toLowerCase(), version);
  const cluster = process.env.KUBECONFIG_CONTENT;
  if (cluster) await writePrivately(directory, { kubeconfig: cluster });
  const env = { ...process.env, ...(cluster && { KUBECONFIG: join(directory, 'kubeconfig') }) };
  kubectl(['apply', '-k', overlay], env);
  for (const name of deployments)
    kubectl(['-n', 'tradepost', 'rollout', 'status', `deployment/${name}`, '--timeout=10m'], env);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}
