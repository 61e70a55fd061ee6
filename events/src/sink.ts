import type { CloudEvent } from './cloud-event.ts';

export interface OutgoingEvent {
  topic: string;
  event: CloudEvent;
}

/** Somebody who takes events: another service, this one itself, or Kafka. */
export interface Sink {
  /** As it stands in outbox_sinks. */
  name: string;
  /**
   * Hands over events in this order; ends when all of them are taken for good.
   * @throws SinkAway when nobody is there to take them: the same events come again. Any other error is the events' fault.
   */
  send(events: readonly OutgoingEvent[]): Promise<void>;
  close?: () => Promise<void>;
}

/** The sink gives no answer, or says that it cannot at the moment: no event is to blame. */
export class SinkAway extends Error {
  override readonly name = 'SinkAway';
}
