import { setTimeout as sleep } from 'node:timers/promises';
import { Consumer, type MessagesStream, stringDeserializers } from '@platformatic/kafka';
import { type CloudEvent, cloudEvent } from './cloud-event.ts';
import { ensureTopics } from './ensure-topics.ts';
import { type InboxDependencies, receiveEvents } from './receive-events.ts';

interface Subscription {
  brokers: string[];
  /** Replicas of a service share one group: each event goes to one of them. */
  groupId: string;
  topics: string[];
}

const batch = 200;
const pauseMs = 1_000;

interface Received {
  topic: string;
  partition: number;
  value: string | undefined;
  commit(): Promise<void> | void;
}

/** What is no event can never take effect; the log tells of it. */
function parse({ logger }: InboxDependencies, message: Received): CloudEvent[] {
  try {
    return [cloudEvent.parse(JSON.parse(message.value ?? ''))];
  } catch (error) {
    logger.error('a message that is no CloudEvent is left out', { topic: message.topic, error });
    return [];
  }
}

/** Applies until the database takes it: the offset is only moved past what is done. */
async function applyPatiently(
  inbox: InboxDependencies,
  events: readonly CloudEvent[],
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await receiveEvents(inbox, events);
      return true;
    } catch (error) {
      inbox.logger.warn('events of Kafka wait', { error });
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return false;
}

/** Moves the offset of each partition past the last message. Fails when another member has taken the partition over. */
async function acknowledge(messages: readonly Received[]): Promise<void> {
  const last = new Map(messages.map((message) => [`${message.topic} ${message.partition}`, message]));
  for (const message of last.values()) await message.commit();
}

/** Ends when the stream does, which the signal closes; fails with it. */
async function applyStream(
  stream: MessagesStream<string, string, string, string>,
  inbox: InboxDependencies,
  signal: AbortSignal,
): Promise<void> {
  const end = (): void => void stream.close().catch(() => undefined);
  signal.addEventListener('abort', end);
  // It may have been aborted while the group was joined.
  if (signal.aborted) end();
  let waiting: Received[] = [];
  try {
    for await (const message of stream) {
      waiting.push(message);
      if (waiting.length < batch && stream.readableLength > 0) continue;
      const events = waiting.flatMap((one) => parse(inbox, one));
      if (!(await applyPatiently(inbox, events, signal))) return;
      await acknowledge(waiting);
      waiting = [];
    }
  } finally {
    signal.removeEventListener('abort', end);
  }
}

async function follow(
  { brokers, groupId, topics }: Subscription,
  inbox: InboxDependencies,
  signal: AbortSignal,
): Promise<void> {
  const consumer = new Consumer({
    clientId: 'tradepost',
    groupId,
    bootstrapBrokers: brokers,
    deserializers: stringDeserializers,
    // The shortest that a broker takes by default: for so long the partitions of a member that died are read by nobody.
    sessionTimeout: 6_000,
    rebalanceTimeout: 6_000,
    heartbeatInterval: 1_000,
    retries: 1,
    retryDelay: 300,
    maxWaitTime: 500,
    autocommit: false,
  });
  try {
    await ensureTopics(brokers, topics);
    const stream = await consumer.consume({ topics, mode: 'committed', fallbackMode: 'earliest' });
    await applyStream(stream, inbox, signal);
  } finally {
    await consumer.close(true).catch(() => undefined);
  }
}

/**
 * Lets what others have put into Kafka take effect here, as a member of the consumer group of this service. The offset is
 * committed after the effect: an event may come again, and the inbox knows it then.
 */
export function consumeTopics(
  subscription: Subscription,
  inbox: InboxDependencies,
): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      await follow(subscription, inbox, signal).catch((error: unknown) =>
        inbox.logger.warn('Kafka cannot be read; trying again', { error }),
      );
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  };
  const looping = loop();
  return {
    stop: async () => {
      stopping.abort();
      await looping;
    },
  };
}
