import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Refusal } from './refusal.ts';
import type { SupervisedProcess } from './supervised-process.ts';

export interface Expectation {
  url: string;
  status: number;
  /** The process whose log tells why the answer does not come. */
  from: SupervisedProcess;
}

const patienceMs = 90_000;
const hopelessDeaths = 4;

/** The status of a GET, or null when there is no answer. */
async function statusOf(url: string): Promise<number | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000), redirect: 'manual' });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return null;
  }
}

/** The last line of a log that names an error, if any: below it usually stands a stack. */
function lastComplaint(file: string): string {
  try {
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return (lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? '').trim().slice(0, 300);
  } catch {
    return '';
  }
}

function givingUp({ plan, logFile }: SupervisedProcess, whatHappened: string): Refusal {
  const said = lastComplaint(logFile);
  const quote = said === '' ? '' : ` (it said: ${said})`;
  return new Refusal(`${plan.name} ${plan.number} ${whatHappened}${quote}: read ${logFile} for the reason.`);
}

/** Asks again and again until the address answers as expected. */
export async function waitUntilReady(expected: Expectation, signal?: AbortSignal): Promise<void> {
  const { url, status, from } = expected;
  const deadline = Date.now() + patienceMs;
  const deathsBefore = from.deaths;
  for (;;) {
    signal?.throwIfAborted();
    const answered = await statusOf(url);
    if (answered === status) return;
    if (from.deaths - deathsBefore >= hopelessDeaths) throw givingUp(from, 'dies before it is ready');
    if (Date.now() > deadline) {
      const instead = answered === null ? 'nothing' : `status ${answered}`;
      throw givingUp(from, `is not ready after ${patienceMs / 1000} s (${url} answered ${instead})`);
    }
    await wait(50);
  }
}
