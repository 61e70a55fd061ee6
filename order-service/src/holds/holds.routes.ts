import { idParameter } from '@tradepost/service-kit/fields.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { z } from 'zod';
import { Order, type OrderStatus } from '../orders/order.model.ts';

const decisions = ['keep', 'commit', 'release', 'unknown'] as const;

/** What is to become of the stock that an order holds, by its status; without an order nobody will ever ask for it. */
function decide(status: OrderStatus | undefined): (typeof decisions)[number] {
  if (status === undefined) return 'unknown';
  if (['pending', 'awaiting_payment', 'paying'].includes(status)) return 'keep';
  return ['rejected', 'cancelled', 'payment_failed'].includes(status) ? 'release' : 'commit';
}

export function holdRoutes(): Route[] {
  return [
    route({
      method: 'get',
      path: '/orders/{id}/hold-decision',
      summary: 'What is to become of the stock that an order holds',
      access: 'service',
      params: idParameter,
      answers: { 200: z.object({ decision: z.enum(decisions) }) },
      handle: async ({ params }) => {
        const order = await Order.findByPk(params.id, { attributes: ['status'] });
        return { status: 200, body: { decision: decide(order?.status) } };
      },
    }),
  ];
}
