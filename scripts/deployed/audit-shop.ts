import { setTimeout as sleep } from 'node:timers/promises';
import { logIn } from '../local/account-calls.ts';
import { createApiClient } from '../local/api-client.ts';
import type { Deployed } from './run-suite.ts';

const attempts = 5;
const pauseMs = 2_000;

interface Audit {
  breaches: number;
  findings: { invariant: number; checked: number; breaches: number }[];
}

/** What GET /audit finds, and how many things it has looked at that were told as events. */
export async function auditShop({ url, admin }: Deployed): Promise<{ breaches: number; told: number }> {
  const callApi = createApiClient(url);
  const token = await logIn(callApi, admin);
  const ask = () => callApi({ method: 'GET', path: '/audit', token });
  let { status, body } = await ask();
  // After 5 s it gives up, and asks to be tried again.
  for (let attempt = 2; status === 503 && attempt <= attempts; attempt += 1) {
    await sleep(pauseMs);
    ({ status, body } = await ask());
  }
  if (status !== 200) throw new Error(`GET /audit answered ${status}`);
  const { breaches, findings } = body as Audit;
  const ofEvents = findings.filter(({ invariant }) => invariant === 9);
  return { breaches, told: ofEvents.reduce((sum, { checked }) => sum + checked, 0) };
}
