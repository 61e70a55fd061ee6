import { replayDeadLetter, replayFailed, viewDeadLetter } from '@tradepost/events/dead-letters.ts';
import { UpstreamUnavailable } from '@tradepost/service-kit/http-client.ts';
import { notFound, Problem } from '@tradepost/service-kit/problem.ts';
import { otherServices } from '../clients/dead-letter-client.ts';
import type { DeadLetterDependencies, HeldDeadLetter } from './dead-letters.queries.ts';

async function replayHere(
  dependencies: DeadLetterDependencies,
  letterId: string,
): Promise<HeldDeadLetter | undefined> {
  try {
    const letter = await replayDeadLetter(dependencies, letterId);
    return { ...viewDeadLetter(letter), service: 'order-service' };
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return undefined;
    throw error;
  }
}

/** Has the service that holds a dead letter give it another try. */
export async function replayHeld(
  dependencies: DeadLetterDependencies,
  { letterId }: { letterId: string },
): Promise<HeldDeadLetter> {
  const here = await replayHere(dependencies, letterId);
  if (here) return here;
  let away: UpstreamUnavailable | undefined;
  for (const service of otherServices) {
    // Whoever cannot be asked may hold it; so may the next one.
    const replayed = await dependencies.deadLetters.replay(service, letterId).catch((error: unknown) => {
      if (!(error instanceof UpstreamUnavailable)) throw error;
      away = error;
      return undefined;
    });
    if (typeof replayed === 'string') throw replayFailed(replayed);
    if (replayed) return { ...replayed, service };
  }
  throw away ?? notFound('There is no dead letter with this id.');
}
