import { listDeadLetters, viewDeadLetter } from '@tradepost/events/dead-letters.ts';
import type { InboxDependencies } from '@tradepost/events/receive-events.ts';
import {
  type DeadLetterClient,
  otherServices,
  type RemoteDeadLetter,
} from '../clients/dead-letter-client.ts';

export interface DeadLetterDependencies extends InboxDependencies {
  deadLetters: DeadLetterClient;
}

export type ServiceName = (typeof otherServices)[number] | 'order-service';
export type HeldDeadLetter = RemoteDeadLetter & { service: ServiceName };

interface Wanted {
  service?: ServiceName | undefined;
  limit: number;
  cursor?: string | undefined;
}

async function listOf(
  dependencies: DeadLetterDependencies,
  service: ServiceName,
  { limit, cursor }: Wanted,
): Promise<HeldDeadLetter[]> {
  const letters =
    service === 'order-service'
      ? (await listDeadLetters(dependencies, { limit, cursor })).map(viewDeadLetter)
      : (await dependencies.deadLetters.list(service, { limit, cursor })).items;
  return letters.map((letter) => ({ ...letter, service }));
}

/** Dead letters of all services or of one, newest first, one more than asked for. */
export async function listHeld(
  dependencies: DeadLetterDependencies,
  wanted: Wanted,
): Promise<HeldDeadLetter[]> {
  const services = wanted.service ? [wanted.service] : (['order-service', ...otherServices] as const);
  // One more of each: then the page after this one is known to be there, or not.
  const limit = wanted.limit + 1;
  const held = await Promise.all(
    services.map((service) => listOf(dependencies, service, { ...wanted, limit })),
  );
  return held
    .flat()
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, wanted.limit + 1);
}
