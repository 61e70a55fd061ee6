import { setTimeout as sleep } from 'node:timers/promises';
import { localUrl } from '../local/loopback.ts';
import { signalGroup } from '../local/process-group.ts';
import type { Stack } from '../local/start-stack.ts';
import type { SupervisedProcess } from '../local/supervised-process.ts';
import type { LinkProxies } from './link-proxies.ts';
import type { Fault, FaultPlan, PlannedFault, Victim } from './plan-faults.ts';

export interface FaultRecord {
  planned: PlannedFault;
  beganMs: number;
  /** Missing while it is at work. */
  endedMs?: number;
}

interface Ground {
  stack: Stack;
  proxies: LinkProxies;
}

type Undo = () => unknown;

const providerPatienceMs = 20_000;

function replicasOf({ stack }: Ground, victim: Victim): SupervisedProcess[] {
  if (victim === 'nginx') return [stack.nginx];
  if (victim === 'database') return [stack.database.process];
  return stack.processes[victim];
}

/** Stops a process with all it has started (Nginx works in children) where it stands, and lets it go on later. */
function freeze(ground: Ground, { of, number }: Extract<Fault, { kind: 'freeze' }>): Undo {
  const pid = replicasOf(ground, of)[number - 1]?.pid ?? null;
  if (pid === null) return () => undefined;
  signalGroup(pid, 'SIGSTOP');
  return () => signalGroup(pid, 'SIGCONT');
}

function kill(ground: Ground, { of, numbers }: Extract<Fault, { kind: 'kill' }>): Undo {
  const replicas = replicasOf(ground, of);
  numbers.forEach((number) => replicas[number - 1]?.kill('SIGKILL'));
  return () => undefined;
}

function disturb({ proxies }: Ground, { from, to, fault }: Extract<Fault, { kind: 'link' }>): Undo {
  const links = proxies.between(from, to);
  links.forEach((proxy) => proxy.begin(fault));
  return () => links.forEach((proxy) => proxy.end(fault));
}

async function askSimulator({ stack }: Ground, method: 'PUT' | 'DELETE', faults?: object): Promise<boolean> {
  const headers = {
    Authorization: `Bearer ${stack.secrets.passwordFor('payment-provider')}`,
    'Content-Type': 'application/json',
  };
  const content = faults && { body: JSON.stringify(faults) };
  const signal = AbortSignal.timeout(2_000);
  const port = stack.processes['payment-simulator'][0]?.plan.environment.PORT;
  const url = localUrl(port, '/provider/v1/faults');
  return fetch(url, { method, headers, ...content, signal }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Does nothing when the simulator is down at this moment. */
function failAtProvider(
  ground: Ground,
  { kind: _kind, ...faults }: Extract<Fault, { kind: 'provider' }>,
): Undo {
  void askSimulator(ground, 'PUT', faults);
  return () => void askSimulator(ground, 'DELETE');
}

function begin(ground: Ground, fault: Fault): Undo {
  switch (fault.kind) {
    case 'kill':
      return kill(ground, fault);
    case 'freeze':
      return freeze(ground, fault);
    case 'reload':
      ground.stack.nginx.kill('SIGHUP');
      return () => undefined;
    case 'link':
      return disturb(ground, fault);
    case 'provider':
      return failAtProvider(ground, fault);
  }
}

/** Lets the faults of a plan happen at their times, counted from its making, until all is healed. */
export class Unleashed {
  readonly records: FaultRecord[] = [];
  readonly #ground: Ground;
  readonly #startedAt = performance.now();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #undos = new Map<FaultRecord, Undo>();

  constructor(ground: Ground, { faults }: FaultPlan) {
    this.#ground = ground;
    faults.forEach((planned) => this.#after(planned.atMs, () => this.#begin(planned)));
  }

  get atWork(): Fault[] {
    return [...this.#undos.keys()].map(({ planned }) => planned.fault);
  }

  /** Ends every fault at once, and waits until the provider has none switched on. */
  async heal(): Promise<void> {
    this.#timers.forEach(clearTimeout);
    [...this.#undos.keys()].forEach((record) => this.#end(record));
    this.#ground.proxies.heal();
    const giveUpAt = performance.now() + providerPatienceMs;
    while (!(await askSimulator(this.#ground, 'DELETE')) && performance.now() < giveUpAt) await sleep(200);
  }

  #after(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }

  #begin(planned: PlannedFault): void {
    const record: FaultRecord = { planned, beganMs: performance.now() - this.#startedAt };
    this.records.push(record);
    this.#undos.set(record, begin(this.#ground, planned.fault));
    this.#after(planned.lastsMs, () => this.#end(record));
  }

  #end(record: FaultRecord): void {
    this.#undos.get(record)?.();
    this.#undos.delete(record);
    record.endedMs = performance.now() - this.#startedAt;
  }
}
