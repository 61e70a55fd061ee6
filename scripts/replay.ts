import pLimit from 'p-limit';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { Refusal } from './local/refusal.ts';
import { createPatientClient, refuseUnreachable } from './replay/call-patiently.ts';
import { checkStock } from './replay/check-stock.ts';
import { openAccounts } from './replay/keep-accounts.ts';
import { loadCatalogue } from './replay/load-catalogue.ts';
import type { House } from './replay/open-session.ts';
import { openShop } from './replay/open-shop.ts';
import { placeInvoices } from './replay/place-invoices.ts';
import { planCatalogue } from './replay/plan-catalogue.ts';
import { printTable } from './replay/print-table.ts';
import { type Choices, findAdmin, readChoices } from './replay/read-choices.ts';
import { type Book, readInvoices } from './replay/read-invoices.ts';
import { showProgress } from './replay/show-progress.ts';
import { signInCustomers } from './replay/sign-in-customers.ts';
import { summarise, sumUp } from './replay/summarise.ts';

async function saveWhenInterrupted({ accounts }: House): Promise<void> {
  await new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
  await accounts.save();
  console.error('\nInterrupted: run it again to go on; what was placed is not placed twice.');
  process.exit(130);
}

/** Offers the catalogue, signs the customers in, places and pays their invoices, and checks the stock that is left. */
async function replay(book: Book, house: House, { concurrency, data }: Choices): Promise<boolean> {
  const { invoices } = book;
  const limit = pLimit(concurrency);
  // A password takes a processor for a quarter of a second: more at once would only wait, and in the end time out.
  const hashing = pLimit(Math.min(concurrency, 2 * availableParallelism()));
  const wares = planCatalogue(invoices);
  const offers = [...wares.values()];
  const shop = await openShop(house, () => findAdmin(data));
  await house.accounts.save();

  const catalogue = await showProgress('products', offers.length, (onProgress) =>
    loadCatalogue(shop, offers, { limit, onProgress }),
  );
  const { productIds } = catalogue.result;
  const customers = await showProgress('accounts', countCustomers(book), (onProgress) =>
    signInCustomers(house, invoices, { limit: hashing, onProgress }),
  );
  const sessions = customers.result;
  const orders = await showProgress('orders', invoices.length, (onProgress) =>
    placeInvoices(invoices, { sessions, productIds, wares, limit, onProgress }),
  );
  await house.accounts.save();
  const stock = await showProgress('stock', offers.length, (onProgress) =>
    checkStock(shop, offers, { productIds, sold: orders.result.sold, limit, onProgress }),
  );

  const summary = summarise({ book, expected: sumUp(invoices), catalogue, customers, orders, stock });
  printTable(summary.rows, summary.complaints);
  return summary.complaints.length === 0;
}

function countCustomers({ invoices }: Book): number {
  return new Set(invoices.map(({ customer }) => customer)).size;
}

async function main(): Promise<void> {
  const choices = readChoices();
  const { invoices, ...rest } = await readInvoices(choices.file, choices.encoding);
  const book = { ...rest, invoices: invoices.slice(0, choices.first) };
  for (const { line, reason } of book.refused) console.error(`line ${line} is refused: ${reason}.`);
  if (book.invoices.length === 0)
    throw new Refusal(`${choices.file} holds no sale: there is nothing to replay.`);
  await refuseUnreachable(choices.url);
  console.log(`Replaying ${basename(choices.file)} through ${choices.url}, ${choices.concurrency} at once`);
  const accounts = await openAccounts(choices.data, choices.url);
  const house: House = { callApi: createPatientClient(choices.url), accounts };
  void saveWhenInterrupted(house);
  process.exitCode = (await replay(book, house, choices)) ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
}
process.exit();
