import type { Database } from '@tradepost/service-kit/database.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import type { Faults } from '../faults/create-faults.ts';
import { sufferFaults } from '../faults/suffer-faults.ts';
import type { Sleep } from '../sleep.ts';
import { makeRefund } from './make-refund.ts';
import { refundDiffers } from './refunds.errors.ts';
import { findOutcome } from './refunds.queries.ts';
import { refundId, refundOutcome, refundRequest } from './refunds.schemas.ts';

interface Dependencies {
  database: Database;
  sleep: Sleep;
  faults: Faults;
}

const onOne = { access: 'service', path: '/refunds/{refundId}', params: refundId } as const;

const makeRefundRoute = (dependencies: Dependencies) =>
  route({
    ...onOne,
    method: 'put',
    summary: 'Give back a part of a capture, once however often it is sent',
    body: refundRequest,
    answers: { 200: refundOutcome },
    problems: [refundDiffers],
    handle: async ({ params, body }) => ({
      status: 200,
      body: await sufferFaults(dependencies, params.refundId, () =>
        makeRefund(dependencies, { ...params, ...body }),
      ),
    }),
  });

const inquireRefundRoute = () =>
  route({
    ...onOne,
    method: 'get',
    summary: 'What became of a refund',
    answers: { 200: refundOutcome },
    problems: [notFound],
    handle: async ({ params }) => {
      const outcome = await findOutcome(params.refundId);
      if (!outcome) throw notFound('This refund was never received; it is safe to send it again.');
      return { status: 200, body: outcome };
    },
  });

export function refundRoutes(dependencies: Dependencies): Route[] {
  return [makeRefundRoute, inquireRefundRoute].map((declare) => declare(dependencies));
}
