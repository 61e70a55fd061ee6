import type { Config } from './config.ts';
import { openKubernetesSecret, ownCluster } from './kubernetes-secret.ts';
import { openSecretDirectory, type SecretStore } from './secret-directory.ts';

/** Where secrets are kept: in a directory when the settings name one, else in a Secret of the cluster that this runs in. */
export function openStore({ SECRETS_DIRECTORY, SECRET_NAME }: Config): SecretStore {
  if (SECRETS_DIRECTORY) return openSecretDirectory(SECRETS_DIRECTORY);
  return openKubernetesSecret({ ...ownCluster, name: SECRET_NAME });
}
