import { setTimeout as sleep } from 'node:timers/promises';
import type { SupervisedProcess } from '../../scripts/local/supervised-process.ts';

/** Waits until a process says that it is ready, however long that takes. */
export async function awaitReady({ plan }: SupervisedProcess): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${plan.environment.OPS_PORT}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(50);
  }
}
