import { Refusal } from '../local/refusal.ts';
import { openCluster } from './cluster-place.ts';
import { openCompose } from './compose-place.ts';
import { databaseNames, forEachDatabase, type Sessions } from './databases.ts';
import { openLocalToRead, openLocalToWrite } from './local-place.ts';
import type { Place } from './place.ts';
import type { Choices } from './read-choices.ts';
import { Session } from './session.ts';

const say = (message: string): void => console.log(message);

/** Where the shop is that somebody has named. */
export async function openPlace({ place, data }: Choices, purpose: 'read' | 'write'): Promise<Place> {
  if (place === 'compose') return openCompose();
  if (place === 'cluster') return openCluster();
  return purpose === 'read' ? openLocalToRead(data, say) : openLocalToWrite(data, say);
}

async function openSessions(place: Place): Promise<Sessions> {
  return forEachDatabase(async (name) => {
    try {
      return await Session.open(await place.reach(name));
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw new Refusal(
        `The server of ${name} does not answer (${(error as Error).message}): see that it runs, then try again.`,
      );
    }
  });
}

/** What is started must be stopped, and a database that stands still must go on, also when somebody gives up. */
function closeWhenInterrupted(place: Place): AbortSignal {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interruption.abort();
      console.error('\nInterrupted: what is half done counts for nothing; run it again.');
      void place.close().finally(() => process.exit(130));
    });
  }
  return interruption.signal;
}

/** Works on the databases of a place, and leaves it as it was. */
export async function workAt<Result>(
  place: Place,
  work: (sessions: Sessions) => Promise<Result>,
): Promise<Result> {
  const interruption = closeWhenInterrupted(place);
  try {
    const sessions = await openSessions(place);
    try {
      return await work(sessions);
    } finally {
      databaseNames.forEach((name) => sessions[name].close());
    }
  } catch (error) {
    // What fails now does so because the server is being stopped; the process ends when it is.
    if (interruption.aborted) await new Promise(() => undefined);
    throw error;
  } finally {
    await place.close();
  }
}
