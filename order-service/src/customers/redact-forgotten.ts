import type { CloudEvent } from '@tradepost/events/cloud-event.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import type { Transaction } from 'sequelize';
import { personalFields } from './personal-fields.ts';

/** Who tells of people; the subject of these events is the person. */
const aboutPeople = '/auth-service/';

function withoutPersonal(event: CloudEvent): CloudEvent {
  const told = Object.entries(event.data).filter(([name]) => !personalFields.includes(name));
  return { ...event, data: Object.fromEntries(told) };
}

/**
 * Events as they may be passed on: of people who are gone, without what was personal. An older event may come late, or in
 * one batch with the deletion.
 */
export async function redactForgotten(
  { database }: { database: Database },
  tx: Transaction,
  events: readonly CloudEvent[],
): Promise<CloudEvent[]> {
  const people = events.filter(({ source }) => source.startsWith(aboutPeople)).map(({ subject }) => subject);
  if (people.length === 0) return [...events];
  const rows = await database.select<{ id: string }>(
    'SELECT id FROM customers WHERE id IN (:people) AND deleted_sequence IS NOT NULL',
    { people },
    tx,
  );
  const gone = new Set(rows.map(({ id }) => id));
  return events.map((event) =>
    event.source.startsWith(aboutPeople) && gone.has(event.subject) ? withoutPersonal(event) : event,
  );
}
