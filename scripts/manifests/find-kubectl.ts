import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The first kubectl whose `kustomize` knows all that deployment/ is written in. */
const OLDEST = { major: 1, minor: 27 };
const RECOMMENDED = 'v1.36.3';

/** Why there is no kubectl to work with, or nothing. */
export async function whyNoKubectl(): Promise<string | undefined> {
  let answer: string;
  try {
    answer = (await run('kubectl', ['version', '--client', '--output=json'], { env: process.env })).stdout;
  } catch {
    return `kubectl is not in PATH: ${installLine()}`;
  }
  const [, major = 0, minor = 0] = /"gitVersion":\s*"v(\d+)\.(\d+)/.exec(answer) ?? [];
  const isNewEnough =
    Number(major) > OLDEST.major || (Number(major) === OLDEST.major && Number(minor) >= OLDEST.minor);
  if (isNewEnough) return undefined;
  return `kubectl ${major}.${minor} is older than ${OLDEST.major}.${OLDEST.minor}: ${installLine()}`;
}

/** @throws what kubectl says against the directory */
export async function kustomize(directory: string): Promise<string> {
  try {
    return (await run('kubectl', ['kustomize', directory], { maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error((stderr || message).trim(), { cause: error });
  }
}

function installLine(): string {
  if (process.platform === 'win32') return 'winget install --exact --id Kubernetes.kubectl';
  const place = `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const address = `https://dl.k8s.io/release/${RECOMMENDED}/bin/${place}/kubectl`;
  return `curl -fsSLo /tmp/kubectl ${address} && sudo install -m 755 /tmp/kubectl /usr/local/bin/kubectl`;
}
