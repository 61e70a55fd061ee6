import { type InboxDependencies, receiveEvents } from './receive-events.ts';
import { type Sink, SinkAway } from './sink.ts';

/** The service itself listens to its own events, too; they take the short way. */
export function inboxSink(name: string, dependencies: InboxDependencies): Sink {
  return {
    name,
    async send(events) {
      await receiveEvents(
        dependencies,
        events.map(({ event }) => event),
      ).catch((cause: unknown) => {
        throw new SinkAway('the inbox takes no events at the moment', { cause });
      });
    },
  };
}
