import { readFileSync, readdirSync } from 'node:fs';
import type { Stack } from '../../scripts/local/start-stack.ts';

/** Clock ticks a second in /proc (USER_HZ, proc(5)); 100 on every Linux that runs Node. */
const ticksPerSecond = 100;

/** The processes of a shop by name: replicas of one service share a name, and so do the workers of Nginx. */
export function processesOf({ processes, database, nginx }: Stack): Map<string, number[]> {
  const ids = new Map<string, number[]>();
  const add = (name: string, pid: number | null): void => {
    if (pid !== null) ids.set(name, [...(ids.get(name) ?? []), pid, ...childrenOf(pid)]);
  };
  for (const [name, replicas] of Object.entries(processes)) replicas.forEach(({ pid }) => add(name, pid));
  add('database', database.process.pid);
  add('nginx', nginx.pid);
  return ids;
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    const children = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim();
    return children === '' ? [] : children.split(' ').map(Number);
  });
}

function cpuSeconds(pid: number): number {
  // Fields 14 and 15, counted behind the name in brackets, which may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Processor seconds that each process of a shop has used since its start. */
export function readCpu(stack: Stack): Map<string, number> {
  return new Map(
    [...processesOf(stack)].map(([name, pids]) => [
      name,
      pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    ]),
  );
}

/** Processor seconds that each process used between two readings. */
export function cpuBetween(before: Map<string, number>, after: Map<string, number>): Map<string, number> {
  return new Map([...after].map(([name, seconds]) => [name, seconds - (before.get(name) ?? 0)]));
}

/** Memory of each process in bytes, as proportional set size: shared pages count in parts (proc(5), smaps_rollup). */
export function readPss(stack: Stack): Map<string, number> {
  const pssOf = (pid: number): number =>
    1024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  return new Map(
    [...processesOf(stack)].map(([name, pids]) => [name, pids.reduce((sum, pid) => sum + pssOf(pid), 0)]),
  );
}
