import { attackShop } from './attack/attack-shop.ts';
import { lookInside } from './attack/look-inside.ts';
import { type Choices, readChoices } from './attack/read-choices.ts';
import type { Result } from './attack/run-attacks.ts';
import { heading, showResult, summarise } from './attack/show-results.ts';
import { runInDirectory } from './jest/run-in-directory.ts';
import { Refusal } from './local/refusal.ts';
import { startStack } from './local/start-stack.ts';

/**
 * npm run attack: attacks a shop of its own through Nginx, or the one that --url names; a line for each attack, and exit
 * code 1 when one came to something else than it had to.
 */
let family = '';
function show(result: Result): void {
  if (result.family !== family) {
    family = result.family;
    console.log(`\n${family}\n${heading}`);
  }
  console.log(showResult(result));
}

async function attackOwn({ mutations, seed }: Choices, dataDirectory: string, signal: AbortSignal) {
  const onResult = (result: Result): void => {
    show(result);
    if (signal.aborted) throw new Refusal('The attack was stopped before its end.');
  };
  console.log('starting a shop to attack ...');
  const stack = await startStack({ port: 0, replicas: 2, dataDirectory, signal });
  try {
    const { url, admin } = stack;
    return await attackShop({ url, admin, inside: await lookInside(stack), mutations, seed, onResult });
  } finally {
    await stack.stop();
  }
}

async function attackOther({ shop, mutations, seed }: Choices): Promise<Result[]> {
  if (shop === undefined) throw new Refusal('There is no shop to attack: name it with --url.');
  const results = await attackShop({ ...shop, inside: undefined, mutations, seed, onResult: show });
  console.log('\nIts logs and databases cannot be searched from here.');
  return results;
}

await runInDirectory('tradepost-attack-', async (directory, signal) => {
  const choices = readChoices();
  const results = await (choices.shop ? attackOther(choices) : attackOwn(choices, directory, signal));
  console.log(`\n${summarise(results)}; seed ${choices.seed}`);
  return results.every(({ verdict }) => verdict !== 'differs') && !signal.aborted;
});
