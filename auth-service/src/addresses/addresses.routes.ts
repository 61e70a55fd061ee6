import { postalAddress } from '@tradepost/postal-address/postal-address.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { idParameter } from '@tradepost/service-kit/fields.ts';
import { toPage } from '@tradepost/service-kit/pagination.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { readAs } from '../callers/callers.queries.ts';
import { addAddress } from './add-address.ts';
import type { Address } from './address.model.ts';
import { listAddresses, readAddress, viewAddress } from './addresses.queries.ts';
import { addressFilter, addressPage, keptAddress } from './addresses.schemas.ts';
import { removeAddress } from './remove-address.ts';
import { replaceAddress } from './replace-address.ts';

interface Dependencies {
  database: Database;
}

const onAll = { path: '/users/me/addresses', access: 'user' } as const;
const onOne = {
  path: '/users/me/addresses/{id}',
  access: 'user',
  params: idParameter,
  problems: [notFound],
} as const;

const shown = (address: Address) => ({ body: viewAddress(address), version: address.version });

const listAddressesRoute = () =>
  route({
    ...onAll,
    method: 'get',
    summary: 'Your addresses',
    query: addressFilter,
    answers: { 200: addressPage },
    handle: async ({ caller, query }) => {
      const found = await readAs(caller, () => listAddresses({ userId: caller.id, ...query }));
      const page = toPage(found, query.limit, ({ id }) => id);
      return { status: 200, body: { ...page, items: page.items.map(viewAddress) } };
    },
  });

const addAddressRoute = (dependencies: Dependencies) =>
  route({
    ...onAll,
    method: 'post',
    summary: 'Keep an address',
    body: postalAddress,
    answers: { 201: keptAddress },
    handle: async ({ caller, body }) => {
      const address = await addAddress(dependencies, { caller, address: body });
      const headers = { Location: `/api/v1/users/me/addresses/${address.id}` };
      return { status: 201, headers, ...shown(address) };
    },
  });

const readAddressRoute = () =>
  route({
    ...onOne,
    method: 'get',
    summary: 'One of your addresses',
    answers: { 200: keptAddress, 304: null },
    handle: async ({ caller, params }) => ({
      status: 200,
      ...shown(await readAs(caller, () => readAddress({ addressId: params.id, userId: caller.id }))),
    }),
  });

const replaceAddressRoute = (dependencies: Dependencies) =>
  route({
    ...onOne,
    method: 'put',
    summary: 'Replace an address',
    versioned: true,
    body: postalAddress,
    answers: { 200: keptAddress },
    handle: async ({ caller, params, ifMatch, body }) => {
      const change = { addressId: params.id, caller, ifMatch, address: body };
      return { status: 200, ...shown(await replaceAddress(dependencies, change)) };
    },
  });

const removeAddressRoute = (dependencies: Dependencies) =>
  route({
    ...onOne,
    method: 'delete',
    summary: 'Forget an address',
    versioned: true,
    answers: { 204: null },
    handle: async ({ caller, params, ifMatch }) => {
      await removeAddress(dependencies, { addressId: params.id, caller, ifMatch });
      return { status: 204, body: null };
    },
  });

export function addressRoutes(dependencies: Dependencies): Route[] {
  return [listAddressesRoute, addAddressRoute, readAddressRoute, replaceAddressRoute, removeAddressRoute].map(
    (declare) => declare(dependencies),
  );
}
