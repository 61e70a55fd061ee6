import { randomInt } from 'node:crypto';
import { readCall } from '../commands/read-call.ts';
import type { Login } from '../local/secrets.ts';
import { Refusal } from '../local/refusal.ts';

export interface Choices {
  /** A shop that somebody else has started, and its admin; else we start one. */
  shop: { url: string; admin: Login } | undefined;
  mutations: number;
  seed: string;
}

function readShop(url: string | undefined): Choices['shop'] {
  if (url === undefined) return undefined;
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = process.env;
  if (!email || !password)
    throw new Refusal(`--url needs the log-in of an admin: set ADMIN_EMAIL and ADMIN_PASSWORD.`);
  return { url: new URL(url).origin, admin: { email, password } };
}

export function readChoices(): Choices {
  const { url, mutations, seed } = readCall('attack').options;
  return { shop: readShop(url), mutations, seed: seed ?? String(randomInt(2 ** 32)) };
}
