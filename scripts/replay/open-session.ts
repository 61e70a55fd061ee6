import { Refusal } from '../local/refusal.ts';
import type { CallPatiently, PatientAnswer, PatientRequest } from './call-patiently.ts';
import type { Accounts, Tokens } from './keep-accounts.ts';

export interface Person {
  email: string;
  displayName: string;
}

export interface House {
  callApi: CallPatiently;
  accounts: Accounts;
}

export interface Session {
  /** Whether the account was made just now. */
  readonly isNew: boolean;
  /** Calls the API as this person, with tokens that are renewed when they run out. */
  call(request: PatientRequest): Promise<PatientAnswer>;
  /** Fetches new tokens, as after a change of roles. */
  renew(): Promise<unknown>;
}

interface TokenBody {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
}

const unauthenticated = 401;
/** A token that runs out sooner than this might do so on its way. */
const marginMs = 60_000;

function refuseLogIn(email: string, status: number): never {
  throw new Refusal(
    status === unauthenticated
      ? `${email} is registered with another password: replay from the checkout that registered it, or start with an empty database.`
      : `Registering and logging in ${email} answered ${status}: read the logs of auth-service.`,
  );
}

/** The cheapest way that works: a refresh costs no hashing, a registration one, a log-in after it a second. */
async function signIn(
  { callApi, accounts }: House,
  { email, displayName }: Person,
): Promise<{ isNew: boolean; body: unknown }> {
  const post = (path: string, body: unknown): Promise<PatientAnswer> =>
    callApi({ method: 'POST', path, body });
  const kept = accounts.tokensOf(email);
  if (kept) {
    const refreshed = await post('/auth/refresh', { refreshToken: kept.refreshToken });
    if (refreshed.status === 200) return { isNew: false, body: refreshed.body };
  }
  const login = { email, password: accounts.passwordFor(email) };
  const registered = await post('/auth/register', { ...login, displayName });
  if (registered.status === 201) return { isNew: true, body: registered.body };
  if (registered.status !== 409) refuseLogIn(email, registered.status);
  const loggedIn = await post('/auth/login', login);
  if (loggedIn.status !== 200) refuseLogIn(email, loggedIn.status);
  return { isNew: false, body: loggedIn.body };
}

/** Opens the session of a person, who is registered when new; makes no request while the kept tokens are good. */
export async function openSession(house: House, person: Person): Promise<Session> {
  const { callApi, accounts } = house;
  let isNew = false;
  let renewing: Promise<Tokens> | undefined;

  async function fetchTokens(): Promise<Tokens> {
    const signedIn = await signIn(house, person);
    const { accessToken, refreshToken, expiresIn } = signedIn.body as TokenBody;
    const tokens = { accessToken, refreshToken, expiresAt: Date.now() + 1_000 * expiresIn };
    accounts.keep(person.email, tokens);
    isNew ||= signedIn.isNew;
    return tokens;
  }
  // A refresh token works once: whoever comes meanwhile waits for the same pair.
  const renew = (): Promise<Tokens> => (renewing ??= fetchTokens().finally(() => (renewing = undefined)));

  async function goodTokens(refused?: Tokens): Promise<Tokens> {
    const kept = accounts.tokensOf(person.email);
    const isGood = kept && kept !== refused && kept.expiresAt - Date.now() > marginMs;
    return isGood ? kept : renew();
  }
  const send = (request: PatientRequest, { accessToken: token }: Tokens): Promise<PatientAnswer> =>
    callApi({ ...request, token });

  await goodTokens();
  return {
    get isNew() {
      return isNew;
    },
    renew,
    async call(request) {
      const tokens = await goodTokens();
      const answer = await send(request, tokens);
      return answer.status === unauthenticated ? send(request, await goodTokens(tokens)) : answer;
    },
  };
}
