import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refusal } from './local/refusal.ts';
import { type Choices, readChoices } from './prove/read-choices.ts';
import type { ProofOptions } from './prove/proof-ground.ts';
import { runProof } from './prove/run-proof.ts';
import { verdictOf, writeReport } from './prove/write-report.ts';

/** As a shell says of a command that Ctrl-C ended. */
const interrupted = 130;

function say(message: string): void {
  console.log(message);
}

/** Aborts at the first wish to stop; later ones, such as a second Ctrl-C, change nothing. */
function awaitWishToStop(): AbortSignal {
  const giveUp = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!giveUp.signal.aborted) say('\nstopping everything in order ...');
      giveUp.abort();
    });
  }
  // A fault of our own must not leave a dozen processes behind.
  process.on('uncaughtException', (error) => {
    console.error(error);
    process.exitCode = 1;
    giveUp.abort();
  });
  return giveUp.signal;
}

async function prove(options: ProofOptions): Promise<boolean> {
  const { seed, minutes, buyers } = options.choices;
  say(
    `seed ${seed}: ${minutes} minutes of trade with ${buyers} buyers, while things break as the seed has it`,
  );
  const outcome = await runProof(options);
  outcome.facts.forEach(say);
  outcome.auditLines.forEach(say);
  outcome.breaches.forEach((breach) => console.error(`BREACH: ${breach}`));
  say(`report: ${await writeReport(outcome)}`);
  say(verdictOf(outcome));
  return outcome.breaches.length === 0;
}

/** Proves in a directory of its own, which stays only when there is something to find in it. */
async function proveAside(choices: Choices, signal: AbortSignal): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tradepost-proof-'));
  let isProven = false;
  try {
    isProven = await prove({ choices, dataDirectory, signal, say });
  } catch (error) {
    // An error after the wish to stop is only what the wish has interrupted.
    if (!signal.aborted) console.error(error instanceof Refusal ? error.message : error);
  }
  if (!isProven) process.exitCode ??= signal.aborted ? interrupted : 1;
  if (isProven || signal.aborted) await rm(dataDirectory, { recursive: true, force: true });
  else console.error(`The data and the logs stay in ${dataDirectory}`);
}

try {
  await proveAside(readChoices(), awaitWishToStop());
} catch (error) {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
}
process.exit();
