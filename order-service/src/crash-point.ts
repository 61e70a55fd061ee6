import type { CrashPoint } from './config.ts';

let armed: CrashPoint | undefined;

/** Lets this process die, as by kill -9, when it gets to a point. */
export function armCrashPoint(point: CrashPoint | undefined): void {
  armed = point;
}

/** A place in the code that a process can be made to die at; does nothing but in tests. */
export function crashPoint(point: CrashPoint): void {
  if (point === armed) process.kill(process.pid, 'SIGKILL');
}

/** Dies once the call has left this process, before its answer is read. */
export async function crashInside<T>(point: CrashPoint, call: Promise<T>): Promise<T> {
  if (point === armed) setTimeout(() => crashPoint(point), 5);
  return call;
}
