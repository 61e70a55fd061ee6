import { join } from 'node:path';
import { randomPassword } from '../../provision/src/random-password.ts';
import { grantRole, logIn, makeAccount, tryLogIn } from './account-calls.ts';
import type { CallApi } from './api-client.ts';
import { readJson, writePrivately } from './data-directory.ts';
import type { Login } from './secrets.ts';

function fileIn(directory: string): string {
  return join(directory, 'admin.json');
}

async function keep(directory: string, admin: Login): Promise<void> {
  await writePrivately(fileIn(directory), `${JSON.stringify(admin, null, 2)}\n`);
}

/** The administrator whom auth-service is to make while it has none: the given one, else the kept, else a new one. */
export async function chooseAdmin(directory: string, given: Login | undefined): Promise<Login> {
  // Kept only once it has worked: auth-service may refuse a password that somebody chose.
  if (given !== undefined) return given;
  const kept = (await readJson(fileIn(directory))) as Login | null;
  if (kept !== null) return kept;
  const made = { email: 'admin@tradepost.example', password: randomPassword() };
  await keep(directory, made);
  return made;
}

/** Makes sure that the given log-in is an administrator's, with the help of the kept one when it came first. */
export async function installAdmin(callApi: CallApi, directory: string, given: Login): Promise<void> {
  if ((await tryLogIn(callApi, given)) === null) {
    const kept = (await readJson(fileIn(directory))) as Login | null;
    const adminToken = await logIn(callApi, kept ?? given);
    const userId = await makeAccount(callApi, { ...given, displayName: 'Administrator' });
    await grantRole(callApi, adminToken, { userId, role: 'admin' });
  }
  await keep(directory, given);
}
