import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { idParameter } from '@tradepost/service-kit/fields.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { changeProduct } from './change-product.ts';
import { createProduct } from './create-product.ts';
import { listProducts } from './list-products.ts';
import type { Product } from './product.model.ts';
import { notOwner } from './products.errors.ts';
import { readProduct, versionFor, viewProduct } from './products.queries.ts';
import {
  newProduct,
  product,
  productBody,
  productChange,
  productFilter,
  productPage,
} from './products.schemas.ts';

interface Dependencies {
  database: Database;
}

const sellers = { roles: ['seller', 'admin'] } as const;

const shown = (item: Product, caller: Caller | undefined) => ({
  ...versionFor(item, caller),
  body: viewProduct(item, caller),
});
const found = (item: Product, caller: Caller | undefined) =>
  ({ status: 200, ...shown(item, caller) }) as const;

const onOne = { path: '/products/{id}', params: idParameter } as const;
const edit = { ...onOne, access: sellers, versioned: true, problems: [notFound, notOwner] } as const;

const listProductsRoute = (dependencies: Dependencies) =>
  route({
    method: 'get',
    path: '/products',
    summary: 'Products for sale',
    access: 'optional',
    query: productFilter,
    answers: { 200: productPage },
    handle: async ({ query }) => {
      const { items, nextCursor } = await listProducts(dependencies, query);
      return {
        status: 200,
        body: { items: items.map((item) => viewProduct(item, undefined)), nextCursor },
      };
    },
  });

const createProductRoute = (dependencies: Dependencies) =>
  route({
    method: 'post',
    path: '/products',
    summary: 'Offer a product',
    access: sellers,
    body: newProduct,
    answers: { 201: product },
    handle: async ({ body, caller }) => {
      const created = await createProduct(dependencies, { ...body, sellerId: caller.id });
      const headers = { Location: `/api/v1/products/${created.id}` };
      return { status: 201, headers, ...shown(created, caller) };
    },
  });

const readProductRoute = () =>
  route({
    ...onOne,
    method: 'get',
    summary: 'A product',
    access: 'optional',
    answers: { 200: product, 304: null },
    problems: [notFound],
    handle: async ({ params, caller }) => found(await readProduct(params.id, caller), caller),
  });

const replaceProductRoute = (dependencies: Dependencies) =>
  route({
    ...edit,
    method: 'put',
    summary: 'Replace a product',
    body: productBody,
    answers: { 200: product },
    handle: async ({ params, caller, ifMatch, body }) =>
      found(
        await changeProduct(dependencies, { productId: params.id, caller, ifMatch, changes: body }),
        caller,
      ),
  });

const changeProductRoute = (dependencies: Dependencies) =>
  route({
    ...edit,
    method: 'patch',
    summary: 'Change fields of a product',
    body: productChange,
    answers: { 200: product },
    handle: async ({ params, caller, ifMatch, body }) =>
      found(
        await changeProduct(dependencies, { productId: params.id, caller, ifMatch, changes: body }),
        caller,
      ),
  });

const deleteProductRoute = (dependencies: Dependencies) =>
  route({
    ...edit,
    method: 'delete',
    summary: 'Stop selling a product',
    answers: { 204: null },
    handle: async ({ params, caller, ifMatch }) => {
      const changes = { deletedAt: new Date(dependencies.database.clock.now()) };
      await changeProduct(dependencies, { productId: params.id, caller, ifMatch, changes });
      return { status: 204, body: null };
    },
  });

const restoreProductRoute = (dependencies: Dependencies) =>
  route({
    ...edit,
    method: 'post',
    path: '/products/{id}/restore',
    summary: 'Sell a deleted product again',
    answers: { 200: product },
    handle: async ({ params, caller, ifMatch }) =>
      found(
        await changeProduct(dependencies, {
          productId: params.id,
          caller,
          ifMatch,
          changes: { deletedAt: null },
        }),
        caller,
      ),
  });

export function productRoutes(dependencies: Dependencies): Route[] {
  return [
    listProductsRoute,
    createProductRoute,
    readProductRoute,
    replaceProductRoute,
    changeProductRoute,
    deleteProductRoute,
    restoreProductRoute,
  ].map((declare) => declare(dependencies));
}
