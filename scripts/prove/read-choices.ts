import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Refusal } from '../local/refusal.ts';

export interface Choices {
  seed: string;
  minutes: number;
  buyers: number;
}

const usage = 'use npm run prove -- [--seed S] [--minutes 0.5 to 600] [--buyers 1 to 200]';

function readArguments(): { seed?: string | undefined; minutes: string; buyers: string } {
  const options = {
    seed: { type: 'string' },
    minutes: { type: 'string', default: '10' },
    buyers: { type: 'string', default: '8' },
  } as const;
  try {
    return parseArgs({ options }).values;
  } catch {
    throw new Refusal(`These arguments are not understood: ${usage}.`);
  }
}

/** Names a file, too. */
function parseSeed(text: string): string {
  if (/^[A-Za-z0-9_-]{1,40}$/.test(text)) return text;
  throw new Refusal(`--seed ${text} is not one of 1 to 40 letters, digits, - and _: ${usage}.`);
}

function parseMinutes(text: string): number {
  const minutes = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && minutes >= 0.5 && minutes <= 600) return minutes;
  throw new Refusal(`--minutes ${text} is not a number from 0.5 to 600: ${usage}.`);
}

function parseBuyers(text: string): number {
  const buyers = Number(text);
  if (/^\d+$/.test(text) && buyers >= 1 && buyers <= 200) return buyers;
  throw new Refusal(`--buyers ${text} is not a whole number from 1 to 200: ${usage}.`);
}

export function readChoices(): Choices {
  const { seed, minutes, buyers } = readArguments();
  return {
    seed: parseSeed(seed ?? String(randomInt(2 ** 32))),
    minutes: parseMinutes(minutes),
    buyers: parseBuyers(buyers),
  };
}
