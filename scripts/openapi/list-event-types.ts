import type { EventStream } from '@tradepost/events/declare-events.ts';

/**
 * Makes the source file that tells order-service the types of all events, because no service imports another.
 * @param streams of all services
 * @param topics those that order-service listens to; no webhook can get the events of another topic
 * @returns TypeScript, not yet formatted
 */
export function listEventTypes(streams: readonly EventStream[], topics: readonly string[]): string {
  const types = streams
    .filter(({ topic }) => topics.includes(topic))
    .flatMap((stream) => Object.keys(stream.types))
    .sort();
  return `/** Types of the events that webhooks can get. Written by npm run openapi from the events.ts of each service. */
export const eventTypes = ${JSON.stringify(types)} as const;
`;
}
