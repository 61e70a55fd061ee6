import type { Check } from '@tradepost/service-kit/run-checks.ts';

/** What holds of the events that a service tells. */
export const outboxChecks: readonly Check[] = [
  {
    invariant: 9,
    says: 'no event waits for a sink for more than a minute',
    counts: 'SELECT COUNT(*) AS checked FROM outbox',
    finds: `
      SELECT CONCAT(sink, ' ', JSON_VALUE(event, '$.id')) AS id FROM outbox
       WHERE created_at < NOW(3) - INTERVAL 60 SECOND`,
  },
];

/** What holds of the events that a service gets; those of a thing that are set aside are missing, and known to be. */
export const inboxChecks: readonly Check[] = [
  {
    invariant: 9,
    says: 'each event took effect once: as many of a thing as their sequences say',
    counts: 'SELECT COUNT(*) AS checked FROM inbox_sequences',
    finds: `
      SELECT CONCAT(source, ' ', subject) AS id FROM inbox_sequences
       WHERE applied <> last_sequence - first_sequence + 1
         AND NOT EXISTS (SELECT 1 FROM dead_letters
                          WHERE sink = '' AND JSON_VALUE(event, '$.subject') = inbox_sequences.subject)`,
  },
];
