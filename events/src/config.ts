import { z } from 'zod';

const sinkNames = ['http', 'kafka', 'webhook'] as const;
const list = z.string().transform((value) => value.split(',').map((part) => part.trim()));

/** host:port of one or more, separated by commas. */
export const hostList = list.pipe(z.array(z.string().regex(/^[^:\s]+:\d{1,5}$/, 'must be host:port')).min(1));

/** Settings of every process that tells others what has happened. */
export const eventSettings = {
  EVENT_SINKS: list.pipe(z.array(z.enum(sinkNames)).min(1)).default(['http', 'webhook']),
  KAFKA_BROKERS: hostList.optional(),
};

/** Faults that concern several of these settings at once. */
export function faultsOfSinks({
  EVENT_SINKS,
  KAFKA_BROKERS,
}: {
  EVENT_SINKS: readonly (typeof sinkNames)[number][];
  KAFKA_BROKERS?: readonly string[] | undefined;
}): string[] {
  const [wanted, given] = [EVENT_SINKS.includes('kafka'), KAFKA_BROKERS !== undefined];
  if (wanted && !given) return ['KAFKA_BROKERS: must name the brokers, because EVENT_SINKS names kafka'];
  if (!EVENT_SINKS.includes('http') && !wanted)
    return ['EVENT_SINKS: must name http or kafka: webhooks get what these bring'];
  return [];
}
