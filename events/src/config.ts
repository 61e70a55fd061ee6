import { z } from 'zod';

const sinkNames = ['http', 'kafka', 'webhook'] as const;
const list = z.string().transform((value) => value.split(',').map((part) => part.trim()));

function isHostAndPort(text: string): boolean {
  return text.startsWith('[')
    ? /^\[.*\]:\d{1,5}$/.test(text) && URL.canParse(`any://${text}`)
    : /^[^:\s]+:\d{1,5}$/.test(text);
}

/** host:port; an address of IPv6 is written in brackets (RFC 3986 section 3.2.2), and becomes its shortest form. */
const hostAndPort = z
  .string()
  .refine(isHostAndPort, 'must be host:port, or [address]:port for IPv6')
  .transform((text) => (text.startsWith('[') ? new URL(`any://${text}`).host : text));

/** host:port of one or more, separated by commas. */
export const hostList = list.pipe(z.array(hostAndPort).min(1));

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
