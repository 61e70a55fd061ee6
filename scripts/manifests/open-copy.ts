import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { openSecretDirectory } from '../../provision/src/secret-directory.ts';
import { missingSecrets } from '../../provision/src/secrets.ts';
import { kustomize } from './find-kubectl.ts';

const PRODUCTION_SECRETS = 'overlays/production/secrets';

/** A deployment/ that may be changed, with throw-away secrets where production expects real ones. */
export interface Copy {
  directory: string;
  /** The YAML of one of its directories. */
  render(overlay: string): Promise<string>;
  /** The YAML of a kustomization that stands beside the overlays. */
  renderWith(name: string, kustomization: object): Promise<string>;
  close(): void;
}

/** Secrets that an operator keeps in his checkout are neither read nor copied. */
export async function openCopy(root: string): Promise<Copy> {
  // Kustomize compares real paths, and the temporary directory of macOS is a link.
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'tradepost-manifests-'));
  const original = join(root, 'deployment');
  cpSync(original, directory, {
    recursive: true,
    filter: (source) => source !== join(original, PRODUCTION_SECRETS),
  });
  await openSecretDirectory(join(directory, PRODUCTION_SECRETS)).update(missingSecrets);
  const render = async (overlay: string): Promise<string> => kustomize(join(directory, overlay));
  return {
    directory,
    render,
    async renderWith(name, kustomization) {
      const overlay = `overlays/${name}`;
      write(join(directory, overlay, 'kustomization.yaml'), {
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        ...kustomization,
      });
      return render(overlay);
    },
    close: () => rmSync(directory, { recursive: true }),
  };
}

function write(file: string, content: object): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stringify(content));
}
