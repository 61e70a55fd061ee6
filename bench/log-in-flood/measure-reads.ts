import { setTimeout as sleep } from 'node:timers/promises';
import { createCaller } from '../../scripts/load/call-once.ts';

export interface Reads {
  count: number;
  failed: number;
  p50: number;
  p99: number;
}

const everyMs = 20;

/** Reads products at an even pace, whatever becomes of the reads before; times from the moment each was due. */
export async function measureReads(url: string, lastsMs: number): Promise<Reads> {
  const call = createCaller(url, { keepsAlive: true });
  const times: number[] = [];
  let failed = 0;
  const read = async (dueAt: number): Promise<void> => {
    const { status } = await call({ method: 'GET', path: '/products?limit=20' });
    if (status === 200) times.push(performance.now() - dueAt);
    else failed += 1;
  };
  const reads: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let turn = 0; turn * everyMs < lastsMs; turn += 1) {
    const dueAt = startedAt + turn * everyMs;
    if (dueAt > performance.now()) await sleep(dueAt - performance.now());
    reads.push(read(dueAt));
  }
  await Promise.all(reads);
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? NaN;
  return { count: times.length, failed, p50: at(0.5), p99: at(0.99) };
}
