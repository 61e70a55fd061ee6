import { type Route, route } from '@tradepost/service-kit/route.ts';
import type { Faults } from './create-faults.ts';
import { faultSettings, newFaults } from './faults.schemas.ts';

interface Dependencies {
  faults: Faults;
}

const onFaults = { access: 'service', path: '/faults' } as const;

const readFaultsRoute = ({ faults }: Dependencies) =>
  route({
    ...onFaults,
    method: 'get',
    summary: 'The faults that are switched on',
    answers: { 200: faultSettings },
    handle: () => ({ status: 200, body: faults.read() }),
  });

const setFaultsRoute = ({ faults }: Dependencies) =>
  route({
    ...onFaults,
    method: 'put',
    summary: 'Switch faults for all further charges and refunds; what is not named is switched off',
    body: newFaults,
    answers: { 200: faultSettings },
    handle: ({ body }) => {
      faults.set(body);
      return { status: 200, body: faults.read() };
    },
  });

const clearFaultsRoute = ({ faults }: Dependencies) =>
  route({
    ...onFaults,
    method: 'delete',
    summary: 'Switch all faults off',
    answers: { 204: null },
    handle: () => {
      faults.clear();
      return { status: 204, body: null };
    },
  });

export function faultRoutes(dependencies: Dependencies): Route[] {
  return [readFaultsRoute, setFaultsRoute, clearFaultsRoute].map((declare) => declare(dependencies));
}
