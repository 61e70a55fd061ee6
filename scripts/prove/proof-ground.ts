import type { Stack } from '../local/start-stack.ts';
import type { Sums } from './check-databases.ts';
import type { House } from './house.ts';
import type { LinkProxies } from './link-proxies.ts';
import type { Second } from './meter.ts';
import type { Market } from './open-market.ts';
import type { FaultPlan } from './plan-faults.ts';
import type { Choices } from './read-choices.ts';
import type { FaultRecord } from './unleash-faults.ts';

export interface ProofOptions {
  choices: Choices;
  dataDirectory: string;
  signal: AbortSignal;
  say: (message: string) => void;
}

export interface Outcome {
  choices: Choices;
  plan: FaultPlan;
  sums: Sums;
  breaches: string[];
  facts: string[];
  auditLines: string[];
  seconds: Second[];
  records: FaultRecord[];
  lastsMs: number;
}

export interface ProofGround extends ProofOptions {
  stack: Stack;
  proxies: LinkProxies;
  plan: FaultPlan;
  house: House;
  market: Market;
  lastsMs: number;
}
