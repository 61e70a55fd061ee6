import { defineProblem, type ProblemType } from '@tradepost/service-kit/problem.ts';

export const illegalTransition = defineProblem('illegal-transition', 409, 'The order is in another state');
export const productGone = defineProblem('product-gone', 404, 'A product is not sold any more');
export const insufficientStock = defineProblem('insufficient-stock', 409, 'There is not enough in stock');
export const priceChanged = defineProblem('price-changed', 409, 'A price has changed');
export const ownProduct = defineProblem('own-product', 409, 'Nobody buys from themselves');
export const mixedCurrencies = defineProblem('mixed-currencies', 422, 'The lines have different currencies');
export const totalTooLarge = defineProblem('total-too-large', 422, 'The total is too large');
export const reservationReleased = defineProblem('reservation-released', 409, 'The reservation was released');

/** Why product-service may refuse to hold an order; the order then rests as `rejected`. */
export const rejections: readonly ProblemType[] = [
  productGone,
  insufficientStock,
  priceChanged,
  ownProduct,
  mixedCurrencies,
  totalTooLarge,
  reservationReleased,
];
