import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SecretStore } from './secret-directory.ts';
import type { Secrets } from './secrets.ts';

export interface SecretPlace {
  /** Base address, without a slash at its end. */
  apiServer: string;
  /** Directory of the files `namespace` and `token`. */
  account: string;
  name: string;
}

/** Where a pod with a service account finds both (Kubernetes manual, "Accessing the Kubernetes API from a Pod"). */
export const ownCluster = {
  apiServer: 'https://kubernetes.default.svc',
  account: '/var/run/secrets/kubernetes.io/serviceaccount',
};

interface SecretObject {
  metadata: { resourceVersion: string };
  data?: Record<string, string>;
}

const recode = (data: Secrets, from: BufferEncoding, to: BufferEncoding): Secrets =>
  Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, Buffer.from(value, from).toString(to)]),
  );

/** Somebody else changed the Secret between our reading and our writing. */
const conflict = 409;

/**
 * One Secret of the pod's own namespace, which must be there already: then the right to read and patch this one name
 * is enough. The API server's certificate is trusted through NODE_EXTRA_CA_CERTS.
 */
export function openKubernetesSecret({ apiServer, account, name }: SecretPlace): SecretStore {
  async function call(method: string, body?: object): Promise<Response> {
    const namespace = await readFile(`${account}/namespace`, 'utf8');
    const answer = await fetch(`${apiServer}/api/v1/namespaces/${namespace}/secrets/${name}`, {
      method,
      headers: {
        Authorization: `Bearer ${await readFile(`${account}/token`, 'utf8')}`,
        ...(body && { 'Content-Type': 'application/merge-patch+json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok && answer.status !== conflict)
      throw new Error(`${method} of the Secret ${name} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  }

  return {
    async update(change) {
      for (;;) {
        const { metadata, data = {} } = (await (await call('GET')).json()) as SecretObject;
        const changes = change(recode(data, 'base64', 'utf8'));
        const names = Object.keys(changes);
        if (names.length === 0) return names;
        const { resourceVersion } = metadata;
        const answer = await call('PATCH', {
          metadata: { resourceVersion },
          data: recode(changes, 'utf8', 'base64'),
        });
        if (answer.ok) return names;
        await sleep(100);
      }
    },
  };
}
