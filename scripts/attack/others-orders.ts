import type { Attack, Family } from './declare-attack.ts';
import { freshKey, shipTo } from './open-ground.ts';
import { parse } from './send.ts';
import { tellAll } from './tell-answer.ts';
import { tryAll } from './try-as-another.ts';

const reason = 'because I say so';

const orders: Attack[] = [
  {
    name: 'an order of somebody else: read, followed, cancelled, paid',
    expected: '404, nothing changed',
    run(ground) {
      const { stranger, buyer, orderId } = ground;
      const { token } = stranger;
      const path = `/orders/${orderId}`;
      const payment = { method: 'card', token: 'tok_ok' };
      return tryAll(ground, { path, owner: buyer }, [
        { path, token },
        { path: `${path}/timeline`, token },
        { path: `${path}/events`, token },
        { path: `${path}/payments`, token },
        { method: 'POST', path: `${path}/cancel`, token, json: { reason } },
        { method: 'POST', path: `${path}/payments`, token, headers: freshKey(), json: payment },
      ]);
    },
  },
  {
    name: 'the goods of another seller in an order: read, refunded',
    expected: '404, nothing changed',
    run(ground) {
      const { token } = ground.otherSeller;
      const path = `/orders/${ground.orderId}`;
      const json = { amount: { amount: 1, currency: 'EUR' }, reason };
      return tryAll(ground, { path, owner: ground.buyer }, [
        { path, token },
        { path: `${path}/refunds`, token },
        { method: 'POST', path: `${path}/refunds`, token, headers: freshKey(), json },
      ]);
    },
  },
  {
    name: 'a payment of somebody else: read, inquired',
    expected: '404, nothing changed',
    run(ground) {
      const { token } = ground.stranger;
      const path = `/payments/${ground.paymentId}`;
      return tryAll(ground, { path, owner: ground.buyer }, [
        { path, token },
        { method: 'POST', path: `${path}/inquiry`, token },
      ]);
    },
  },
  {
    name: 'an Idempotency-Key of somebody else',
    expected: '201, an order of their own',
    async run({ call, buyer, stranger, productId }) {
      const json = { items: [{ productId, quantity: 1 }], shipTo };
      const request = { method: 'POST', path: '/orders', headers: freshKey(), json };
      const first = await call({ ...request, token: buyer.token });
      const second = await call({ ...request, token: stranger.token });
      const isOwn = parse<{ id: string }>(first).id !== parse<{ id: string }>(second).id;
      return `${tellAll([first, second])}, ${isOwn ? 'an order of their own' : 'the order of the other'}`;
    },
  },
];

const products: Attack[] = [
  {
    name: "another seller's product: replaced, changed, deleted, restored, its stock",
    expected: '403, nothing changed',
    run(ground) {
      const { token } = ground.otherSeller;
      const path = `/products/${ground.productId}`;
      const headers = { 'If-Match': '*' };
      const json = { name: 'mine', description: '', price: { amount: 1, currency: 'EUR' } };
      return tryAll(ground, { path, owner: ground.seller }, [
        { method: 'PUT', path, token, headers, json },
        { method: 'PATCH', path, token, headers, json: { name: 'mine' } },
        { method: 'DELETE', path, token, headers },
        { method: 'POST', path: `${path}/restore`, token, headers },
        { path: `${path}/inventory/ledger`, token },
        {
          method: 'POST',
          path: `${path}/inventory/adjustments`,
          token,
          headers: freshKey(),
          json: { delta: -1, reason },
        },
      ]);
    },
  },
  {
    name: 'how much a stranger has in stock, and what of it is promised',
    expected: 'only what is available',
    async run({ call, otherSeller, productId }) {
      const answer = await call({ path: `/products/${productId}/inventory`, token: otherSeller.token });
      const { onHand, reserved } = parse<{ onHand?: number; reserved?: number }>(answer);
      return onHand === undefined && reserved === undefined ? 'only what is available' : answer.text;
    },
  },
];

export const othersOrders: Family = {
  name: "other people's orders and products",
  attacks: [...orders, ...products],
};
