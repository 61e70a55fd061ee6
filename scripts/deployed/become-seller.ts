import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallApi, createApiClient } from '../local/api-client.ts';

interface Mailbox {
  items: { to: string; text: string }[];
}

const patienceMs = 20_000;

/** The code that somebody was sent, as soon as the development mailbox shows it. */
async function awaitCode(url: string, to: string): Promise<string> {
  const giveUpAt = performance.now() + patienceMs;
  while (performance.now() < giveUpAt) {
    const answer = await fetch(`${url}/dev/mail`, { headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Error(`${url}/dev/mail answers ${answer.status}: is MAIL_SPOOL set?`);
    const { items } = (await answer.json()) as Mailbox;
    const code = items.find((message) => message.to === to)?.text.match(/\b\d{6}\b/)?.[0];
    if (code !== undefined) return code;
    await sleep(200);
  }
  throw new Error(`${url}/dev/mail shows no message to ${to} after ${patienceMs / 1_000} s`);
}

async function register(callApi: CallApi, email: string): Promise<string> {
  const body = { email, password: randomUUID() };
  const answer = await callApi({ method: 'POST', path: '/auth/register', body });
  return (answer.body as { accessToken: string }).accessToken;
}

/**
 * Registers somebody, verifies their e-mail address with the code in the development mailbox, and makes them a seller.
 * @returns the status of each step
 */
export async function becomeSeller(url: string): Promise<number[]> {
  const callApi = createApiClient(url);
  const email = `seller-${randomUUID()}@example.org`;
  const token = await register(callApi, email);
  const post = async (path: string, body: object): Promise<number> =>
    (await callApi({ method: 'POST', path, token, body })).status;
  return [
    await post('/auth/verification', { channel: 'email' }),
    await post('/auth/verification/confirm', { code: await awaitCode(url, email) }),
    await post('/users/me/seller-profile', { displayName: 'Mugs and more' }),
  ];
}
