import { createHttpClient } from '@tradepost/service-kit/http-client.ts';
import type { Sender } from './message.ts';

interface SmsProvider {
  url: string;
  key: string;
}

const deadlineMs = 10_000;

/** Its status alone: what a provider says in words may repeat the number or the text. */
class SmsRefused extends Error {
  override readonly name = 'SmsRefused';
  readonly responseCode: number;

  constructor(status: number) {
    super(`the SMS provider answered ${status}`);
    this.responseCode = status;
  }
}

/** Sends SMS as `POST {id, to, text}` to a provider, or to what translates for one; the same id is the same SMS again. */
export function smsSender({ url, key }: SmsProvider): Sender {
  const { origin, pathname, search } = new URL(url);
  // The queue repeats, with pauses that grow; a second layer would only send the same SMS twice.
  const http = createHttpClient([origin], { authorization: () => `Bearer ${key}`, maxRetries: 0 });
  return async ({ id, to, text }) => {
    const body = { id, to: to.replaceAll(/[^+0-9]/g, ''), text };
    const { status } = await http.call({ method: 'POST', path: `${pathname}${search}`, body, deadlineMs });
    if (status < 200 || status >= 300) throw new SmsRefused(status);
  };
}
