import { parseSettings, SettingsError } from '@tradepost/service-kit/config.ts';
import { toMailbox } from '@tradepost/text-formats/email-address.ts';
import * as auth from '../../auth-service/src/config.ts';
import { passwordFault } from '../../auth-service/src/passwords/password-rules.ts';
import * as order from '../../order-service/src/config.ts';
import * as payment from '../../payment-simulator/src/config.ts';
import * as product from '../../product-service/src/config.ts';
import * as tracing from '../../tracing/src/config.ts';
import { faultsOfDoor } from './door-lists.ts';
import type { ProcessName, Settings } from './processes.ts';
import type { DoorSettings } from './read-door.ts';
import { Refusal } from './refusal.ts';
import type { Login } from './secrets.ts';

type Check = (environment: Settings) => unknown;

const checkOrder: Check = (environment) => parseSettings(order.settings, environment, order.faultsOfSettings);
/** What each process does with its environment before anything else. */
const checks: Record<ProcessName, Check> = {
  'auth-service': (environment) => parseSettings(auth.settings, environment, auth.faultsOfSettings),
  'product-service': (environment) => parseSettings(product.settings, environment, product.faultsOfSettings),
  'order-service': checkOrder,
  'order-worker': checkOrder,
  'payment-simulator': (environment) => parseSettings(payment.settings, environment),
};

function faultsOf(check: () => unknown): string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
}

/** auth-service makes this account at its first start; later ones may be older than the rules. */
function faultsOfFirstAdmin({ email, password }: Login): string[] {
  const fault = passwordFault(password, toMailbox(email));
  return fault === undefined ? [] : [`ADMIN_PASSWORD: ${fault}`];
}

interface Given {
  plans: readonly { name: ProcessName; environment: Settings }[];
  door: DoorSettings;
  /** The account that auth-service is about to make, if somebody has chosen it. */
  firstAdmin: Login | undefined;
}

/**
 * Refuses a start with settings that a process would refuse, before anything is started.
 * @throws Refusal that lists the faults of all processes, each once, with the processes that refuse it
 */
export function refuseSettings({ plans, door, firstAdmin }: Given): void {
  const refusedBy = new Map<string, Set<string>>();
  const note = (process: string, faults: string[]): void =>
    faults.forEach((fault) => refusedBy.set(fault, (refusedBy.get(fault) ?? new Set()).add(process)));
  for (const { name, environment } of plans) {
    note(
      name,
      faultsOf(() => checks[name](environment)),
    );
    note(
      name,
      faultsOf(() => parseSettings(tracing.settings, environment)),
    );
  }
  if (firstAdmin !== undefined) note('auth-service', faultsOfFirstAdmin(firstAdmin));
  note('Nginx', faultsOfDoor(door));
  if (refusedBy.size === 0) return;
  const lines = [...refusedBy].map(([fault, names]) => `  ${fault} (${[...names].join(', ')})`);
  throw new Refusal(
    `These settings are refused:\n${lines.join('\n')}\nCorrect them, then npm start again; .env.example explains each.`,
  );
}
