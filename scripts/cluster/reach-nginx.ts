import { setTimeout as sleep } from 'node:timers/promises';
import { hostAndPort, loopbacks } from '../local/loopback.ts';
import { Refusal } from '../local/refusal.ts';
import { inNamespace, kubectl } from './kubectl.ts';

interface NodeList {
  items: { status: { addresses: { type: string; address: string }[] } }[];
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/docs`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  return answer?.status === 200;
}

/** Where the Service of Nginx is reached from here: CLUSTER_URL, its NodePort on this machine, or on a node. */
export async function reachNginx(): Promise<string> {
  const port = await inNamespace('get', 'service', 'nginx', '-o', 'jsonpath={.spec.ports[0].nodePort}');
  const nodes = JSON.parse(await kubectl(['get', 'nodes', '-o', 'json'])) as NodeList;
  const addresses = nodes.items.flatMap(({ status }) => status.addresses).map(({ address }) => address);
  const given = process.env.CLUSTER_URL;
  const candidates = given
    ? [given]
    : [...loopbacks, ...addresses].map((host) => `http://${hostAndPort(host, port)}`);
  for (let attempt = 0; attempt < 20; attempt += 1) {
    for (const url of candidates) if (await answers(url)) return url;
    await sleep(500);
  }
  throw new Refusal(
    `Nginx answers at none of ${candidates.join(', ')}: set CLUSTER_URL to where its Service is reached.`,
  );
}
