import { resolve } from 'node:path';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { type Rotation, rotateSigningKey } from '../../auth-service/src/signing-keys/rotate-signing-key.ts';
import { findLocal } from '../audit/find-local.ts';
import { programs } from '../local/programs.ts';
import { openSecrets } from '../local/secrets.ts';

/** Stores the next signing key of the shop that npm start runs, as auth-service itself would. */
export async function rotateLocalKey(dataDirectory: string, leadSeconds: number): Promise<Rotation> {
  const { authDB } = await findLocal(dataDirectory);
  const { user } = programs['auth-service'];
  const password = (await openSecrets(resolve(dataDirectory))).passwordFor(user);
  const { host: DB_HOST, port: DB_PORT, name: DB_NAME } = authDB;
  const settings = { DB_HOST, DB_PORT, DB_NAME, DB_USER: user, DB_PASSWORD: password, DB_POOL_SIZE: 1 };
  const database = openDatabase(settings);
  try {
    return await rotateSigningKey(database, leadSeconds);
  } finally {
    await database.close();
  }
}
