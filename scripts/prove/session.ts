import type { Login } from '../local/secrets.ts';
import type { House } from './house.ts';
import { type Answer, type ApiCall, type Asker, isDefinite } from './send.ts';

/** Well before a token ends: it lives 15 minutes. */
const renewAfterMs = 4 * 60_000;
/** auth-service may be down, and one person need not ask it more often. */
const renewAtMostEveryMs = 1_000;

/** A person who is logged in, again and again, and does not give up while there is no definite answer. */
export class Session implements Asker {
  readonly house: House;
  readonly id: string;
  readonly #login: Login;
  #token = '';
  #renewedAt = -Infinity;
  #renewing: Promise<void> | undefined;

  constructor(house: House, id: string, login: Login) {
    this.house = house;
    this.id = id;
    this.#login = login;
  }

  /** Sends a request once with a token that should do. */
  async ask(call: ApiCall, deadlineMs?: number): Promise<Answer> {
    if (performance.now() - this.#renewedAt > renewAfterMs) await this.#renew();
    const answer = await this.house.ask({ ...call, token: this.#token }, deadlineMs);
    if (answer.status === 401) await this.#renew();
    return answer;
  }

  async insist(call: ApiCall): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.ask(call);
      if (isDefinite(answer)) return answer;
      await this.house.pause(attempt);
    }
  }

  #renew(): Promise<void> {
    if (performance.now() - this.#renewedAt < renewAtMostEveryMs) return Promise.resolve();
    return (this.#renewing ??= this.#logIn().finally(() => (this.#renewing = undefined)));
  }

  /** One attempt: a token that has not run out goes on working while auth-service is away. */
  async #logIn(): Promise<void> {
    const { status, body } = await this.house.ask({ method: 'POST', path: '/auth/login', body: this.#login });
    if (status === 200) {
      this.#token = String(body.accessToken);
      this.#renewedAt = performance.now();
    }
  }
}
