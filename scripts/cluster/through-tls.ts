import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foreignOrigin, probeTls } from '../deployed/probe-tls.ts';
import { keepDevelopmentCertificate } from '../local/development-certificate.ts';
import type { Finding, Ground } from './ground.ts';
import { awaitEverything, inNamespace, kubectl } from './kubectl.ts';
import { applyWith } from './overlay.ts';

const kustomization = `components: [components/tls]
configMapGenerator:
  - { name: nginx, behavior: merge, literals: ["CORS_ORIGINS=${foreignOrigin}"] }
`;

/** Applies the component tls with a certificate for this machine, and takes it away again. */
export async function throughTls({ url }: Ground): Promise<Finding> {
  const directory = await mkdtemp(join(tmpdir(), 'tradepost-'));
  try {
    const { certificateFile, keyFile } = await keepDevelopmentCertificate(directory);
    const files = [`--cert=${certificateFile}`, `--key=${keyFile}`];
    await inNamespace('create', 'secret', 'tls', 'nginx-tls', ...files);
    await applyWith(kustomization);
    await awaitEverything();
    return await probeTls('the component tls, with CORS_ORIGINS', url);
  } finally {
    await kubectl(['apply', '-k', 'deployment']);
    await awaitEverything();
    await inNamespace('delete', 'secret', 'nginx-tls');
    await rm(directory, { recursive: true });
  }
}
