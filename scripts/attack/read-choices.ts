import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { Login } from '../local/secrets.ts';
import { Refusal } from '../local/refusal.ts';

export interface Choices {
  /** A shop that somebody else has started, and its admin; else we start one. */
  shop: { url: string; admin: Login } | undefined;
  mutations: number;
  seed: string;
}

const usage =
  'use npm run attack -- [--mutations 0 to 1000000] [--seed S] [--url URL, with ADMIN_EMAIL and ADMIN_PASSWORD in the environment]';

function readArguments() {
  const options = {
    url: { type: 'string' },
    mutations: { type: 'string', default: '2000' },
    seed: { type: 'string' },
  } as const;
  try {
    return parseArgs({ options }).values;
  } catch {
    throw new Refusal(`These arguments are not understood: ${usage}.`);
  }
}

function readShop(url: string | undefined): Choices['shop'] {
  if (url === undefined) return undefined;
  const parsed = URL.parse(url);
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = process.env;
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new Refusal(`--url ${url} is not the address of a shop: ${usage}.`);
  if (!email || !password)
    throw new Refusal(`--url needs the log-in of an admin: set ADMIN_EMAIL and ADMIN_PASSWORD.`);
  return { url: parsed.origin, admin: { email, password } };
}

function parseCount(text: string): number {
  if (/^\d{1,7}$/.test(text) && Number(text) <= 1_000_000) return Number(text);
  throw new Refusal(`--mutations ${text} is not a whole number from 0 to 1000000: ${usage}.`);
}

function parseSeed(text: string): string {
  if (/^[A-Za-z0-9_-]{1,40}$/.test(text)) return text;
  throw new Refusal(`--seed ${text} is not one of 1 to 40 letters, digits, - and _: ${usage}.`);
}

export function readChoices(): Choices {
  const { url, mutations, seed } = readArguments();
  return {
    shop: readShop(url),
    mutations: parseCount(mutations),
    seed: parseSeed(seed ?? String(randomInt(2 ** 32))),
  };
}
