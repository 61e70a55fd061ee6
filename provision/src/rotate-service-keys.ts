import type { JsonWebKey } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { SecretStore } from './secret-directory.ts';
import type { Secrets } from './secrets.ts';
import {
  keyName,
  makeServiceKey,
  publicKeysName,
  publicPart,
  signingServices,
  type PublicKeys,
} from './service-keys.ts';

/** How long a step needs to reach every process; as long as whatever carries the files to it. */
export interface Pauses {
  /** Until every callee has read the new public keys. */
  publishMs: number;
  /** Until every caller has read its new key, and the last token of the old one has expired. */
  signMs: number;
}

/** A process reads its files every 5 s; a caller makes a token every 30 s, which lives 60 s. */
export const pausesOfFiles: Pauses = { publishMs: 15_000, signMs: 120_000 };
/** The kubelet writes a changed Secret into a pod after a minute or two. */
export const pausesOfPods: Pauses = { publishMs: 180_000, signMs: 300_000 };

type Step = 'publish' | 'sign' | 'withdraw';
type Keys = Partial<Record<string, JsonWebKey>>;

/** The keys that are to come stand here from the first step to the last, so that whoever goes on knows how far it is. */
const nextName = 'next-service-keys.json';

const parse = <T>(text: string | undefined): T => JSON.parse(text ?? '{}') as T;
const readNext = (kept: Secrets): Keys => parse<Keys>(kept[nextName]);
const readCurrent = (kept: Secrets): Keys =>
  Object.fromEntries(signingServices.map((service) => [service, parse<JsonWebKey>(kept[keyName(service)])]));

function dueStep(kept: Secrets): Step {
  const [next, current] = [readNext(kept), readCurrent(kept)];
  if (Object.keys(next).length === 0) return 'publish';
  const isTaken = signingServices.every((service) => next[service]?.kid === current[service]?.kid);
  return isTaken ? 'withdraw' : 'sign';
}

/** Callees know both keys of each service. */
function publish(kept: Secrets): Secrets {
  const published = parse<PublicKeys>(kept[publicKeysName]);
  const next: Keys = {};
  for (const service of signingServices) {
    const key = makeServiceKey(service);
    next[service] = key;
    published[service] = { keys: [publicPart(key), ...(published[service]?.keys ?? [])] };
  }
  // In this order: files are written one after the other, and whoever goes on takes it that `next` is published.
  return { [publicKeysName]: JSON.stringify(published), [nextName]: JSON.stringify(next) };
}

/** Callers sign with the new key. */
function sign(kept: Secrets): Secrets {
  const next = readNext(kept);
  return Object.fromEntries(
    signingServices.map((service) => [keyName(service), JSON.stringify(next[service])]),
  );
}

/** Callees forget whatever nobody signs with any more. */
function withdraw(kept: Secrets): Secrets {
  const current = readCurrent(kept);
  const published = parse<PublicKeys>(kept[publicKeysName]);
  for (const service of signingServices) {
    const keys = published[service]?.keys ?? [];
    published[service] = { keys: keys.filter(({ kid }) => kid === current[service]?.kid) };
  }
  return { [publicKeysName]: JSON.stringify(published), [nextName]: '{}' };
}

const steps: Record<Step, (kept: Secrets) => Secrets> = { publish, sign, withdraw };

async function look(store: SecretStore): Promise<Step> {
  let due: Step = 'publish';
  await store.update((kept) => {
    due = dueStep(kept);
    return {};
  });
  return due;
}

async function take(store: SecretStore, step: Step): Promise<void> {
  await store.update((kept) => {
    if (dueStep(kept) !== step) throw new Error('Somebody else rotates the service keys: let them finish.');
    return steps[step](kept);
  });
}

/**
 * Replaces the key of each service while all go on: the new public keys first, then the private ones, and the old
 * public ones go last. A run that was interrupted is gone on with by the next, which waits the pause again.
 * @param pauses how long each step takes to arrive
 * @param say is told what was done, and what is waited for
 * @throws when another run has gone on meanwhile
 */
export async function rotateServiceKeys(
  store: SecretStore,
  { publishMs, signMs }: Pauses,
  say: (message: string) => void,
): Promise<void> {
  const pause = async (ms: number, what: string): Promise<void> => {
    say(`waiting ${ms / 1_000} s until ${what}`);
    await wait(ms);
  };
  const due = await look(store);
  if (due !== 'publish') say('going on with a rotation that was interrupted');
  if (due === 'publish') await take(store, 'publish');
  if (due !== 'withdraw') {
    await pause(publishMs, 'every service knows the new public keys');
    await take(store, 'sign');
  }
  await pause(signMs, 'nothing that the old keys signed is valid any more');
  await take(store, 'withdraw');
  say('each service has a new key, and the old ones are known to nobody');
}
