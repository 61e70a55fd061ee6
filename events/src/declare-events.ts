import type { z } from 'zod';

type Types = Record<string, z.ZodType>;

/** Events about one kind of thing: who tells of it, where they go, and the data of each type. */
export interface EventStream<T extends Types = Types> {
  /** URI reference of the one who tells, the `source` of each event. */
  source: string;
  /** Where Kafka keeps them; events of one partition key stay in order. */
  topic: string;
  types: T;
}

/** What has happened to one thing, for recordEvents. */
export interface NewEvent {
  source: string;
  topic: string;
  type: string;
  /** Id of the thing. */
  subject: string;
  /** Events that share it keep their order; the subject when left out. */
  partitionKey?: string;
  /** The version of the thing after what happened: rises by one with each event of the same source and subject. */
  sequence: number;
  data: object;
}

type EventOf<T extends Types> = {
  [Type in keyof T & string]: Omit<NewEvent, 'source' | 'topic' | 'type' | 'data'> & {
    type: Type;
    data: z.input<T[Type]>;
  };
}[keyof T & string];

/**
 * Makes events of a declared stream, so that the data of each has the shape that AsyncAPI tells.
 * @param stream its source, its topic and the shape of each type's data
 * @returns a function that takes what happened and gives the event to record
 */
export function eventsOf<T extends Types>(stream: EventStream<T>): (event: EventOf<T>) => NewEvent {
  const { source, topic } = stream;
  return (event) => ({ source, topic, ...event, data: event.data as object });
}
