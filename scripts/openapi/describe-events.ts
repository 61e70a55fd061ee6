import { cloudEvent } from '@tradepost/events/cloud-event.ts';
import type { EventStream } from '@tradepost/events/declare-events.ts';
import { z } from 'zod';

type Entry = [name: string, described: object];

const schemaOf = (schema: z.ZodType): object => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'output', target: 'draft-7' });
  return rest;
};

/** The envelope with one type and its data. */
function describeMessage(type: string, source: string, data: z.ZodType): object {
  const envelope = cloudEvent.extend({ type: z.literal(type), source: z.literal(source), data });
  return {
    name: type,
    title: type,
    contentType: 'application/cloudevents+json',
    payload: schemaOf(envelope),
  };
}

const nameOf = (topic: string): string => topic.slice(topic.lastIndexOf('.') + 1);

/**
 * Makes an AsyncAPI 3.1 document of declared streams: a channel for each topic, a message for each type.
 * @param streams of all services
 * @param info its title, version and description
 */
export function describeEvents(streams: readonly EventStream[], info: object): object {
  const byTopic = Map.groupBy(streams, ({ topic }) => topic);
  const typesOf = (topic: string): string[] =>
    (byTopic.get(topic) ?? []).flatMap(({ types }) => Object.keys(types));
  const messages = streams.flatMap(({ source, types }) =>
    Object.entries(types).map(([type, data]): Entry => [type, describeMessage(type, source, data)]),
  );
  const channels = [...byTopic.keys()].map((topic): Entry => [
    nameOf(topic),
    {
      address: topic,
      description: 'The topic in Kafka. Over HTTP and webhooks the same messages come one stream for all.',
      messages: Object.fromEntries(
        typesOf(topic).map((type) => [type, { $ref: `#/components/messages/${type}` }]),
      ),
    },
  ]);
  const operations = [...byTopic.keys()].map((topic): Entry => [
    `tell-${nameOf(topic)}`,
    {
      action: 'send',
      channel: { $ref: `#/channels/${nameOf(topic)}` },
      summary: `Tells what has happened: at least once, and in order for each partitionkey`,
    },
  ]);
  return {
    asyncapi: '3.1.0',
    info,
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(channels),
    operations: Object.fromEntries(operations),
    components: { messages: Object.fromEntries(messages) },
  };
}
