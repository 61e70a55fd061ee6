import { inNamespace, listPods, namespace } from '../cluster/kubectl.ts';
import { Refusal } from '../local/refusal.ts';
import type { DatabaseName } from './databases.ts';
import { isOurs, type Place } from './place.ts';
import { openTunnel } from './tunnel.ts';

const pods: Record<DatabaseName, string> = {
  authDB: 'auth-mysql-0',
  productsDB: 'product-mysql-0',
  ordersDB: 'order-mysql-0',
  paymentsDB: 'payment-mysql-0',
};

const inside = (database: DatabaseName): string[] => ['exec', '-i', pods[database], '-c', 'mysql', '--'];

async function readPassword(database: DatabaseName): Promise<string> {
  try {
    return (await inNamespace(...inside(database), 'cat', '/run/tradepost/root.password')).trim();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(
      `The database in pod ${pods[database]} does not answer (${(error as Error).message}): kubectl -n ${namespace} get pods tells what runs.`,
    );
  }
}

/** The shop of deployment/, with MySQL servers of its own; a managed server has backups of its own. */
export function openCluster(): Place {
  return {
    async reach(database) {
      const password = await readPassword(database);
      const stream = openTunnel(['kubectl', '-n', namespace, ...inside(database)]);
      return { stream, user: 'root', password };
    },
    async findServices() {
      const running = await listPods();
      const names = running.map(({ metadata }) => metadata.labels['app.kubernetes.io/name'] ?? '');
      return [...new Set(names)].filter(isOurs);
    },
    toStop: () => `kubectl -n ${namespace} scale deployment --all --replicas=0`,
    toStart: `kubectl -n ${namespace} scale deployment --all --replicas=2 && kubectl -n ${namespace} scale deployment/payment-simulator --replicas=1`,
    close: () => Promise.resolve(),
  };
}
