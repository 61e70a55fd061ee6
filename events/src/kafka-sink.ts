import { Producer, stringSerializers } from '@platformatic/kafka';
import { ensureTopics } from './ensure-topics.ts';
import { type Sink, SinkAway } from './sink.ts';

const clientId = 'tradepost';
const answerWithinMs = 5_000;

const openProducer = (brokers: string[]) =>
  new Producer({
    clientId,
    bootstrapBrokers: brokers,
    serializers: stringSerializers,
    // The broker writes each batch once and in order, however often it is sent (Kafka, "idempotent producer").
    idempotent: true,
    acks: -1,
    timeout: answerWithinMs,
    retries: 2,
  });

/**
 * Apache Kafka: one topic for each kind of thing, the partition key as key, so that events of one key stay in order.
 * Structured mode of the Kafka protocol binding of CloudEvents 1.0.
 * @param brokers host:port of some brokers
 * @param topics that are made when they are missing
 */
export function kafkaSink(brokers: string[], topics: readonly string[]): Sink {
  let producer: ReturnType<typeof openProducer> | undefined;
  const open = async () => {
    await ensureTopics(brokers, topics);
    producer = openProducer(brokers);
    return producer;
  };
  const close = async (): Promise<void> => {
    const closing = producer;
    producer = undefined;
    await closing?.close(true).catch(() => undefined);
  };
  return {
    name: 'kafka',
    close,
    async send(events) {
      const messages = events.map(({ topic, event }) => ({
        topic,
        key: event.partitionkey,
        value: JSON.stringify(event),
        headers: { 'content-type': 'application/cloudevents+json; charset=UTF-8' },
      }));
      try {
        await (producer ?? (await open())).send({ messages });
      } catch (cause) {
        // The numbers of an idempotent producer that has failed are not to be trusted: the next one has its own.
        await close();
        if (JSON.stringify(cause, ['errors', 'apiId', 'message']).includes('MESSAGE_TOO_LARGE'))
          throw new Error('Kafka refuses a message of this size', { cause });
        throw new SinkAway('Kafka takes no events at the moment', { cause });
      }
    },
  };
}
