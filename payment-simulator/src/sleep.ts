import { setTimeout as pause } from 'node:timers/promises';
import { unavailable } from '@tradepost/service-kit/problem.ts';

export type Sleep = (ms: number) => Promise<void>;

/** Later than the caller's deadline (2 s) and than the kit lets a request wait (5 s). */
export const tooLateMs = 10_000;

/** Nobody waits for it when the process ends. */
export const sleep: Sleep = (ms) => pause(ms, undefined, { ref: false });

/** Keeps an answer back until nobody listens any more. */
export async function loseAnswer(wait: Sleep): Promise<never> {
  await wait(tooLateMs);
  throw unavailable('This answer was to be lost; GET tells what became of what you sent.');
}
