import { createPostForStatus } from '@tradepost/jobs/post-for-status.ts';
import type { Sender } from './message.ts';

interface SmsProvider {
  url: string;
  key: string;
}

const deadlineMs = 10_000;

/** Holds the status alone: a provider may repeat the number or the text in its body. */
class SmsRefused extends Error {
  override readonly name = 'SmsRefused';
  readonly responseCode: number;

  constructor(status: number) {
    super(`the SMS provider answered ${status}`);
    this.responseCode = status;
  }
}

/** Sends SMS as `POST {id, to, text}` to a provider or to an adapter for one. A repeated id is the same SMS. */
export function smsSender({ url, key }: SmsProvider): Sender {
  const post = createPostForStatus({ deadlineMs });
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` };
  return async ({ id, to, text }) => {
    const body = JSON.stringify({ id, to: to.replaceAll(/[^+0-9]/g, ''), text });
    const status = await post(url, body, headers);
    if (status < 200 || status >= 300) throw new SmsRefused(status);
  };
}
