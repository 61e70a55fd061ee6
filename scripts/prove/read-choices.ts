import { randomInt } from 'node:crypto';
import { readCall } from '../commands/read-call.ts';

export interface Choices {
  /** Names a file, too. */
  seed: string;
  minutes: number;
  buyers: number;
}

export function readChoices(): Choices {
  const { seed, minutes, buyers } = readCall('prove').options;
  return { seed: seed ?? String(randomInt(2 ** 32)), minutes, buyers };
}
