import type { CallApi } from './api-client.ts';
import { Refusal } from './refusal.ts';
import type { Login } from './secrets.ts';

export interface Registration extends Login {
  displayName: string;
}

/** The access token, or null when e-mail and password do not fit. */
export async function tryLogIn(callApi: CallApi, { email, password }: Login): Promise<string | null> {
  const { status, body } = await callApi({ method: 'POST', path: '/auth/login', body: { email, password } });
  if (status === 200) return (body as { accessToken: string }).accessToken;
  if (status === 401) return null;
  throw new Refusal(`The log-in of ${email} answered ${status}: read the logs of auth-service.`);
}

export async function logIn(callApi: CallApi, login: Login): Promise<string> {
  const token = await tryLogIn(callApi, login);
  if (token !== null) return token;
  throw new Refusal(
    `The log-in of ${login.email} was refused: set ADMIN_EMAIL and ADMIN_PASSWORD to those of an administrator, or delete the local data with npm run reset.`,
  );
}

/** The faults that a problem names, if it names any. */
function reasonsIn(body: unknown): string {
  const { errors = [] } = (body ?? {}) as { errors?: { pointer?: string; message: string }[] };
  const reasons = errors.map(({ pointer = '', message }) => `${pointer.slice(1)} ${message}`);
  return reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
}

/** Registers an account unless an interrupted start has done so; answers the user's id. */
export async function makeAccount(callApi: CallApi, account: Registration): Promise<string> {
  const { email, password, displayName } = account;
  const body = { email, password, displayName };
  const registered = await callApi({ method: 'POST', path: '/auth/register', body });
  if (registered.status === 201) return (registered.body as { user: { id: string } }).user.id;
  if (registered.status !== 409) {
    throw new Refusal(
      `Registering ${email} answered ${registered.status}${reasonsIn(registered.body)}: choose another e-mail address or password, or read the logs of auth-service.`,
    );
  }
  const me = await callApi({ method: 'GET', path: '/users/me', token: await logIn(callApi, account) });
  return (me.body as { id: string }).id;
}

/** Gives a user a role beside that of a customer, in force from the next log-in on. */
export async function grantRole(
  callApi: CallApi,
  adminToken: string,
  grant: { userId: string; role: 'seller' | 'admin' },
): Promise<void> {
  const path = `/users/${grant.userId}/roles`;
  const body = { roles: ['customer', grant.role] };
  const { status } = await callApi({ method: 'PUT', path, token: adminToken, body });
  if (status !== 200) {
    throw new Refusal(`Giving the role ${grant.role} answered ${status}: read the logs of auth-service.`);
  }
}
