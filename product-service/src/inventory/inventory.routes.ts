import type { Database } from '@tradepost/service-kit/database.ts';
import { idParameter } from '@tradepost/service-kit/fields.ts';
import { answerOnce } from '@tradepost/service-kit/idempotency.ts';
import { toPage } from '@tradepost/service-kit/pagination.ts';
import { notFound, versionConflict } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { notOwner } from '../products/products.errors.ts';
import { mayEdit, readOwnProduct, readProduct } from '../products/products.queries.ts';
import { adjustStock } from './adjust-stock.ts';
import { belowReserved } from './inventory.errors.ts';
import { findStock, getEntry, listLedger, viewEntry, viewStock } from './inventory.queries.ts';
import { adjustment, inventory, ledgerEntry, ledgerPage, ledgerQuery } from './inventory.schemas.ts';
import type { LedgerEntry } from './ledger-entry.model.ts';

const sellers = { roles: ['seller', 'admin'] } as const;

const readInventoryRoute = () =>
  route({
    method: 'get',
    path: '/products/{id}/inventory',
    summary: 'How much is in stock',
    access: 'optional',
    params: idParameter,
    answers: { 200: inventory },
    problems: [notFound],
    handle: async ({ params, caller }) => {
      const product = await readProduct(params.id, caller);
      return { status: 200, body: viewStock(await findStock(product.id), mayEdit(product, caller)) };
    },
  });

const adjustStockRoute = (dependencies: { database: Database }) =>
  route({
    method: 'post',
    path: '/products/{id}/inventory/adjustments',
    summary: 'Adjust the stock on hand',
    access: sellers,
    params: idParameter,
    idempotent: true,
    body: adjustment,
    answers: { 201: ledgerEntry },
    problems: [notFound, notOwner, belowReserved, versionConflict],
    handle: ({ params, body, caller, ifMatch, keyed }) =>
      answerOnce<LedgerEntry>(dependencies.database, keyed, {
        work: (once) =>
          adjustStock(dependencies, { productId: params.id, caller, ifMatch, adjustment: body, once }),
        answer: (entry) => ({
          status: 201,
          headers: { Location: `/api/v1/products/${params.id}/inventory/ledger` },
          body: viewEntry(entry),
        }),
        recover: (entryId) => getEntry(entryId),
      }),
  });

const listLedgerRoute = () =>
  route({
    method: 'get',
    path: '/products/{id}/inventory/ledger',
    summary: 'Every change of the stock',
    access: sellers,
    params: idParameter,
    query: ledgerQuery,
    answers: { 200: ledgerPage },
    problems: [notFound, notOwner],
    handle: async ({ params, query, caller }) => {
      const product = await readOwnProduct(params.id, caller);
      const { items, nextCursor } = toPage(
        await listLedger(product.id, query.limit, query.cursor),
        query.limit,
        ({ id }) => id,
      );
      return { status: 200, body: { items: items.map(viewEntry), nextCursor } };
    },
  });

export function inventoryRoutes(dependencies: { database: Database }): Route[] {
  return [readInventoryRoute, adjustStockRoute, listLedgerRoute].map((declare) => declare(dependencies));
}
