import { join } from 'node:path';
import { readCall } from '../scripts/commands/read-call.ts';
import { runInDirectory } from '../scripts/jest/run-in-directory.ts';
import { Refusal } from '../scripts/local/refusal.ts';
import type { Figure, Measured } from './figures/figure.ts';
import { placeOneOrder, placeOrders, placeOrdersOfOneProduct } from './figures/place-orders.ts';
import { listProducts, readProduct, searchProducts } from './figures/read-products.ts';
import { restMemory, restProcessor } from './figures/rest.ts';
import { printTable } from './report/print-table.ts';
import { writePage } from './report/write-page.ts';
import { measureFigure } from './run-figures.ts';
import { openBench } from './shop/open-bench.ts';

/** npm run bench: measures each goal of speed against its reference in the same run, and checks the data after it. */
const figures: readonly Figure[] = [
  restProcessor,
  restMemory,
  readProduct,
  listProducts,
  searchProducts,
  placeOrders,
  placeOrdersOfOneProduct,
  placeOneOrder,
];

type Choices = ReturnType<typeof readCall<'bench'>>['options'];

function choose(choices: Choices): readonly Figure[] {
  const only = choices.only?.split(',') ?? [];
  const unknown = only.filter((goal) => !figures.some((figure) => figure.goal === goal));
  const known = figures.map(({ goal }) => goal).join(', ');
  if (unknown.length > 0) throw new Refusal(`There is no goal ${unknown.join(', ')}: choose from ${known}.`);
  return only.length === 0 ? figures : figures.filter(({ goal }) => only.includes(goal));
}

async function bench(directory: string, signal: AbortSignal): Promise<boolean> {
  const choices = readCall('bench').options;
  const chosen = choose(choices);
  const measured: Measured[] = [];
  const onProgress = (message: string): void => console.log(`[${process.uptime().toFixed(0)} s] ${message}`);
  for (const replicas of choices.replicas.split(',').map(Number)) {
    const now = chosen.filter((figure) => figure.replicas.includes(replicas));
    if (now.length === 0) continue;
    const opened = await openBench({
      ...choices,
      directory: join(directory, `${replicas}`),
      replicas,
      signal,
      onProgress,
    });
    try {
      for (const figure of now) {
        signal.throwIfAborted();
        onProgress(`measuring ${figure.goal} with ${replicas} replicas each: ${figure.says}`);
        measured.push(await measureFigure(figure, opened, { replicas, rounds: choices.rounds }));
      }
    } finally {
      await opened.stop();
    }
  }
  printTable(measured);
  await writePage(choices.page, measured);
  console.log(`Plots: ${choices.page}`);
  return measured.every(({ faults }) => faults.length === 0);
}

await runInDirectory('tradepost-bench-', bench);
