import { setTimeout as wait } from 'node:timers/promises';

/** Signals a process and all it has started; false when none of them runs any more. */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch (error) {
    // EPERM on macOS means that only zombies are left.
    if (['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** Ends what a process leaves behind when it dies: Nginx's workers, for one, live on and keep its port. */
export async function killGroup(leader: number): Promise<void> {
  const deadline = Date.now() + 2_000;
  while (signalGroup(leader, 'SIGKILL') && Date.now() < deadline) await wait(10);
}
