import type { AttackGround } from './open-ground.ts';

/** What somebody tries, what has to come of it, and how it is tried. */
export interface Attack {
  name: string;
  /** In the words in which `run` tells what came of it. */
  expected: string;
  /** An operation of docs/openapi.json, such as "POST /auth/verification", without which there is nothing to attack. */
  needs?: string;
  run(ground: AttackGround): Promise<string>;
}

export interface Family {
  name: string;
  attacks: readonly Attack[];
}

/** Told by an attack that needs keys or listeners which only a shop of our own lays open. */
export const notTried = 'not tried from outside';
