import { type AttackGround, freshKey, shipTo } from './open-ground.ts';
import { type Answer, send } from './send.ts';

const line = ({ productId }: AttackGround, quantity: unknown = 1): object => ({ productId, quantity });
export const order = (ground: AttackGround, change: object = {}): object => ({
  items: [line(ground)],
  shipTo,
  ...change,
});

export function placeRaw({ url, buyer }: AttackGround, body: string): Promise<Answer> {
  const headers = {
    'Content-Type': 'application/json',
    Authorization: `Bearer ${buyer.token}`,
    ...freshKey(),
  };
  return send(url, { method: 'POST', path: '/api/v1/orders', headers, body });
}

export const place = (ground: AttackGround, change: object): Promise<Answer> =>
  placeRaw(ground, JSON.stringify(order(ground, change)));

export const login = ({ call }: AttackGround, json: unknown): Promise<Answer> =>
  call({ method: 'POST', path: '/auth/login', json });
