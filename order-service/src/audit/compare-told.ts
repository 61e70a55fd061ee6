import type { ThingVersion } from '@tradepost/events/told-versions.ts';
import { mergeJoin } from './merge-join.ts';
import { startTally, type Tally, tallyOne } from './tally.ts';

export interface ToldThing {
  subject: string;
  /** The highest sequence that took effect here. */
  version: number;
}

interface Sides {
  things: AsyncIterable<ThingVersion>;
  told: AsyncIterable<ToldThing>;
  /** Subjects of events that were set aside here. */
  parked: ReadonlySet<string>;
}

/** Compares what has come of things with what was told of them, both in ascending subject. */
export async function compareTold({ things, told, parked }: Sides): Promise<Tally[]> {
  const tally = startTally(9, 'each change of people, products and stock was told, and nothing that was not');
  for await (const [thing, last] of mergeJoin<ThingVersion, ToldThing>(
    things,
    told,
    ({ subject }) => subject,
  )) {
    const subject = (thing ?? last)?.subject ?? '';
    if (parked.has(subject) || thing?.isSettled === false) continue;
    tallyOne(tally, subject, thing?.version === last?.version);
  }
  return [tally];
}
