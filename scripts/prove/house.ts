import { setTimeout as sleep } from 'node:timers/promises';
import type { Journal } from './journal.ts';
import type { Meter } from './meter.ts';
import { type Answer, type ApiCall, isDefinite, send } from './send.ts';

/** Thrown when no definite answer came although all was well again for a long time. */
export class NeverAnswered extends Error {
  override readonly name = 'NeverAnswered';
}

const longestPauseMs = 1_000;
/** What no correct client ever gets for what is asked here, whatever is broken at the moment. */
const neverRight = new Set([400, 403, 405, 413, 415, 428, 500]);

/** The shop as its people see it, and what they share: where it is, the journal, the time to go home. */
export class House {
  readonly url: string;
  readonly journal: Journal;
  readonly meter: Meter;
  /** Nobody begins anything new. */
  isClosed = false;
  /** From then on nobody waits for an answer any more. */
  giveUpAt = Infinity;

  constructor(url: string, journal: Journal, meter: Meter) {
    this.url = url;
    this.journal = journal;
    this.meter = meter;
  }

  /** Sends a request once. */
  async ask(call: ApiCall, deadlineMs?: number): Promise<Answer> {
    const answer = await send(this.url, call, deadlineMs);
    this.meter.count('answers');
    if (!isDefinite(answer)) this.meter.count('failed');
    if (neverRight.has(answer.status)) this.#complain(call, answer);
    return answer;
  }

  /** A pause before the next attempt, the longer the more often it failed. */
  async pause(attempt: number): Promise<void> {
    if (performance.now() > this.giveUpAt) throw new NeverAnswered();
    await sleep(Math.min(longestPauseMs, 50 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2));
  }

  #complain({ method, path }: ApiCall, { status, body, requestId }: Answer): void {
    const detail = JSON.stringify(body.errors ?? body.detail ?? '');
    this.journal.breach(`${method} ${path} answered ${status} (request ${requestId}): ${detail}`);
  }
}
