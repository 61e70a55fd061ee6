import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { House } from './house.ts';
import type { Entry, KeyedKind } from './journal.ts';
import type { Random } from './seeded-random.ts';
import { type Answer, type ApiCall, isDefinite } from './send.ts';
import type { Session } from './session.ts';

export interface Wish {
  kind: KeyedKind;
  path: string;
  /** Makes the body; the key stands in it too, where the databases can be asked for it. */
  body: (key: string) => unknown;
}

const toCall = ({ path, key, body }: Entry): ApiCall => ({ method: 'POST', path, key, body });

/** Repeats a request with its key until a definite answer comes. */
async function insist(house: House, entry: Entry, firstDeadlineMs?: number): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await entry.by.ask(toCall(entry), attempt === 1 ? firstDeadlineMs : undefined);
    if (isDefinite(answer)) {
      house.journal.settle(entry, answer);
      return answer;
    }
    await house.pause(attempt);
  }
}

/** The same request once more, although its answer is known. */
export async function repeat(house: House, entry: Entry): Promise<Answer> {
  return insist(house, entry);
}

async function repeatLater(house: House, entry: Entry, afterMs: number): Promise<void> {
  await sleep(afterMs, undefined, { ref: false });
  if (!house.isClosed) await insist(house, entry);
}

/**
 * Sends a request with a key of its own, as clients do who hang up and come again, who press the button several times at
 * once, and who ask once more for what they have.
 */
export async function sendKeyed(by: Session, wish: Wish, random: Random): Promise<Answer> {
  const key = randomUUID();
  const { house } = by;
  const { kind, path } = wish;
  const entry = house.journal.open({ kind, key, path, body: wish.body(key), by });
  const [hangsUp, presses] = [random.chance(0.05), random.chance(0.05) ? random.int(2, 5) : 1];
  const deadlineMs = hangsUp ? random.int(5, 400) : undefined;
  const answers = await Promise.all(Array.from({ length: presses }, () => insist(house, entry, deadlineMs)));
  const [first] = answers;
  if (!first) throw new Error('A request was sent no times.');
  // Nobody waits for it; should it never be answered, those who do wait tell.
  if (random.chance(0.12)) void repeatLater(house, entry, random.int(0, 5_000)).catch(() => undefined);
  return first;
}
