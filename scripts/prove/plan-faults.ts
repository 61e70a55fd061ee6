import type { ProcessName } from '../local/processes.ts';
import type { LinkFault } from './fault-proxy.ts';
import { type Random, seededRandom } from './seeded-random.ts';

export type Victim = ProcessName | 'nginx' | 'database';

export type Fault =
  | { kind: 'kill'; of: Victim; numbers: number[] }
  | { kind: 'freeze'; of: Victim; number: number }
  | { kind: 'reload' }
  | { kind: 'link'; from: ProcessName; to: ProcessName; fault: LinkFault }
  | { kind: 'provider'; delayMs: number; failRate: number; loseRate: number };

export interface PlannedFault {
  number: number;
  atMs: number;
  /** 0 for what happens in a moment. */
  lastsMs: number;
  fault: Fault;
}

/** The clock of one replica is wrong from its start to the end. */
export interface WrongClock {
  of: 'order-worker' | 'order-service';
  number: number;
  offsetMs: number;
}

export interface FaultPlan {
  seed: string;
  wrongClock: WrongClock;
  faults: PlannedFault[];
}

const replicas = 2;
const quietEndMs = 10_000;
const victims: readonly (readonly [weight: number, victim: Victim])[] = [
  [3, 'order-service'],
  [3, 'order-worker'],
  [3, 'product-service'],
  [2, 'payment-simulator'],
  [1, 'auth-service'],
  [1, 'nginx'],
  [1, 'database'],
];
/** Those that have two replicas. */
const pairs = ['order-service', 'order-worker', 'product-service', 'auth-service'] as const;
const links: readonly (readonly [weight: number, link: readonly [from: ProcessName, to: ProcessName]])[] = [
  [4, ['order-service', 'product-service']],
  [4, ['order-worker', 'product-service']],
  [4, ['order-service', 'payment-simulator']],
  [4, ['order-worker', 'payment-simulator']],
  [1, ['product-service', 'order-service']],
  [1, ['order-service', 'auth-service']],
  [1, ['product-service', 'auth-service']],
];

const isSingle = (victim: Victim): boolean => !pairs.some((name) => name === victim);

function chooseKill(random: Random): Fault {
  const of = random.weigh(victims);
  return { kind: 'kill', of, numbers: [isSingle(of) ? 1 : random.int(1, replicas)] };
}

function chooseFreeze(random: Random): Fault {
  const of = random.weigh(victims);
  return { kind: 'freeze', of, number: isSingle(of) ? 1 : random.int(1, replicas) };
}

function chooseLinkFault(random: Random): Fault {
  const [from, to] = random.weigh(links);
  const fault = random.weigh<() => LinkFault>([
    [2, () => ({ way: 'delay', ms: random.int(50, 3_000) })],
    [2, () => ({ way: 'drop' })],
    [3, () => ({ way: 'swallow' })],
    [3, () => ({ way: 'repeat', withinMs: random.int(1_000, 20_000) })],
  ]);
  return { kind: 'link', from, to, fault: fault() };
}

function chooseProviderFault(random: Random): Fault {
  const shares = { failRate: random.int(0, 6) / 10, loseRate: random.int(0, 6) / 10 };
  return { kind: 'provider', delayMs: random.chance(0.5) ? random.int(100, 3_000) : 0, ...shares };
}

type Choice = { lastsMs: (random: Random) => number; choose: (random: Random) => Fault };
const aMoment = (): number => 0;

const choices: readonly (readonly [weight: number, choice: Choice])[] = [
  [28, { lastsMs: aMoment, choose: chooseKill }],
  [
    8,
    {
      lastsMs: aMoment,
      choose: (random) => ({ kind: 'kill', of: random.pick(pairs), numbers: [1, replicas] }),
    },
  ],
  [20, { lastsMs: (random) => random.int(1_000, 20_000), choose: chooseFreeze }],
  [8, { lastsMs: aMoment, choose: () => ({ kind: 'reload' }) }],
  [26, { lastsMs: (random) => random.int(1_000, 15_000), choose: chooseLinkFault }],
  [10, { lastsMs: (random) => random.int(2_000, 15_000), choose: chooseProviderFault }],
];

function chooseClock(random: Random): WrongClock {
  const of = random.pick(['order-worker', 'order-service'] as const);
  return { of, number: random.int(1, replicas), offsetMs: random.pick([-1, 1]) * 600_000 };
}

/** What goes wrong and when, from the seed alone: a longer run begins with the same faults. */
export function planFaults(seed: string, lastsMs: number): FaultPlan {
  const random = seededRandom(seed, 'faults');
  const wrongClock = chooseClock(seededRandom(seed, 'clock'));
  const faults: PlannedFault[] = [];
  for (let atMs = random.int(2_000, 6_000); atMs < lastsMs - quietEndMs; atMs += random.int(2_000, 6_000)) {
    const choice = random.weigh(choices);
    const fault = choice.choose(random);
    faults.push({ number: faults.length + 1, atMs, lastsMs: choice.lastsMs(random), fault });
  }
  return { seed, wrongClock, faults };
}
