import type { Database } from '@tradepost/service-kit/database.ts';
import { toPage } from '@tradepost/service-kit/pagination.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import type { Faults } from '../faults/create-faults.ts';
import { sufferFaults } from '../faults/suffer-faults.ts';
import type { Sleep } from '../sleep.ts';
import { chargeDiffers } from './charges.errors.ts';
import { findOutcome, listRested, viewCharge } from './charges.queries.ts';
import { chargeId, chargeOutcome, chargePage, chargeRequest, chargesQuery } from './charges.schemas.ts';
import { closeCharge } from './close-charge.ts';
import { takeCharge } from './take-charge.ts';

interface Dependencies {
  database: Database;
  sleep: Sleep;
  faultSeed: string;
  faults: Faults;
}

const onOne = { access: 'service', path: '/charges/{chargeId}', params: chargeId } as const;

const takeChargeRoute = (dependencies: Dependencies) =>
  route({
    ...onOne,
    method: 'put',
    summary: 'Capture an amount, once however often it is sent',
    body: chargeRequest,
    answers: { 200: chargeOutcome },
    problems: [chargeDiffers],
    handle: async ({ params, body }) => ({
      status: 200,
      body: await sufferFaults(dependencies, params.chargeId, () =>
        takeCharge(dependencies, { ...params, ...body }),
      ),
    }),
  });

const inquireChargeRoute = () =>
  route({
    ...onOne,
    method: 'get',
    summary: 'What became of a charge',
    answers: { 200: chargeOutcome },
    problems: [notFound],
    handle: async ({ params }) => {
      const outcome = await findOutcome(params.chargeId);
      if (!outcome) throw notFound('Nothing has come of this charge; it is safe to send it again.');
      return { status: 200, body: outcome };
    },
  });

const closeChargeRoute = (dependencies: Dependencies) =>
  route({
    ...onOne,
    method: 'delete',
    summary: 'Void a charge, unless it rests already; one that is still on its way captures nothing',
    answers: { 200: chargeOutcome },
    handle: async ({ params }) => ({ status: 200, body: await closeCharge(dependencies, params) }),
  });

const listChargesRoute = () =>
  route({
    access: 'service',
    method: 'get',
    path: '/charges',
    summary: 'All charges that rest, for audits',
    query: chargesQuery,
    answers: { 200: chargePage },
    handle: async ({ query }) => {
      const page = toPage(await listRested(query.limit, query.cursor), query.limit, ({ id }) => id);
      return { status: 200, body: { ...page, items: page.items.map(viewCharge) } };
    },
  });

export function chargeRoutes(dependencies: Dependencies): Route[] {
  return [takeChargeRoute, inquireChargeRoute, closeChargeRoute, listChargesRoute].map((declare) =>
    declare(dependencies),
  );
}
