import { setTimeout as sleep } from 'node:timers/promises';
import { auditShop } from '../deployed/audit-shop.ts';
import { passes } from '../deployed/protocol.ts';
import { runSuite } from '../deployed/run-suite.ts';
import type { Finding, Ground } from './ground.ts';
import { awaitEverything, inNamespace, kubectl } from './kubectl.ts';
import { applyWith } from './overlay.ts';

/** Longer than an event of the last second takes. */
const settleMs = 12_000;

/** Applies the component kafka, buys, and has the audit compare what has changed with what came through the broker. */
export async function throughKafka(ground: Ground): Promise<Finding[]> {
  await applyWith('components: [components/kafka]\n');
  await inNamespace('rollout', 'status', 'statefulset/kafka', '--timeout=180s');
  await awaitEverything();
  const suite = passes('the end-to-end suite, its events through Kafka', await runSuite(ground));
  await sleep(settleMs);
  const { breaches, told } = await auditShop(ground);
  await kubectl(['apply', '-k', 'deployment']);
  await awaitEverything();
  await inNamespace(
    'delete',
    'statefulset,service,networkpolicy,serviceaccount',
    '-l',
    'app.kubernetes.io/name=kafka',
  );
  return [
    suite,
    {
      check: 'the component kafka: the audit, over what was told',
      expected: 'more than 100 things told, 0 breaches',
      got: `${told} things told, ${breaches} breaches`,
      passed: told > 100 && breaches === 0,
    },
  ];
}
