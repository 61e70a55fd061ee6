import { defineProblem } from '@tradepost/service-kit/problem.ts';

export const illegalTransition = defineProblem('illegal-transition', 409, 'The order is in another state');

/** Why product-service may refuse to hold an order, which then rests as `rejected`. */
export const rejections = {
  'product-gone': defineProblem('product-gone', 404, 'A product is not sold any more'),
  'insufficient-stock': defineProblem('insufficient-stock', 409, 'There is not enough in stock'),
  'price-changed': defineProblem('price-changed', 409, 'A price has changed'),
  'own-product': defineProblem('own-product', 409, 'Nobody buys from themselves'),
  'mixed-currencies': defineProblem('mixed-currencies', 422, 'The lines have different currencies'),
  'total-too-large': defineProblem('total-too-large', 422, 'The total is too large'),
  'reservation-released': defineProblem('reservation-released', 410, 'The reservation was released'),
};
