import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findSocketPath } from '../local/database-files.ts';
import { findOwner, openDataDirectory } from '../local/data-directory.ts';
import { startDatabase, type DatabaseServer } from '../local/database-server.ts';
import { providePrograms } from '../local/install-programs.ts';
import { Refusal } from '../local/refusal.ts';
import { openSecrets } from '../local/secrets.ts';
import { stopLeftovers } from '../local/stop-leftovers.ts';
import type { Place } from './place.ts';

/** The socket of the server that npm start runs. */
async function findSocket(dataPath: string): Promise<string> {
  const socket = await findSocketPath(dataPath);
  if (socket !== undefined) return socket;
  throw new Refusal(
    `The database of ${dataPath} does not run yet, or not any more: wait until npm start says that it is ready, or stop it; then try again.`,
  );
}

async function placeAt(dataDirectory: string, close: Place['close']): Promise<Place> {
  const socketPath = await findSocket(dataDirectory);
  const password = (await openSecrets(dataDirectory)).passwordFor('root');
  return {
    reach: () => Promise.resolve({ socketPath, user: 'root', password }),
    // To restore, one needs the data directory for oneself, and npm start does not share it.
    findServices: () => Promise.resolve([]),
    toStop: () => 'Ctrl-C where npm start runs',
    toStart: 'npm start',
    dataDirectory,
    close,
  };
}

/** The data directory for ourselves, and its private server running. */
async function startAlone(directory: string, onProgress: (message: string) => void): Promise<Place> {
  const data = await openDataDirectory(directory);
  let server: DatabaseServer | undefined;
  const close = async (): Promise<void> => {
    await server?.stop();
    await data.unlock();
  };
  try {
    await stopLeftovers(data, onProgress);
    const { database: program } = await providePrograms(onProgress);
    server = await startDatabase({ data, program, secrets: await openSecrets(data.path), onProgress });
    return await placeAt(data.path, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** The shop of npm start, whether it runs or not. */
export async function openLocalToRead(
  directory: string,
  onProgress: (message: string) => void,
): Promise<Place> {
  const path = resolve(directory);
  if (!existsSync(join(path, 'database'))) {
    throw new Refusal(
      `There is no local data in ${path}: npm start makes it, --data names another directory.`,
    );
  }
  if ((await findOwner(path)) === null) return startAlone(path, onProgress);
  return placeAt(path, () => Promise.resolve());
}

/** The shop of npm start, which must not run; a new data directory is made. */
export const openLocalToWrite = startAlone;
