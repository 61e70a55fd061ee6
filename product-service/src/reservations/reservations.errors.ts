import { defineProblem } from '@tradepost/service-kit/problem.ts';

export const productGone = defineProblem('product-gone', 404, 'A product is not sold any more');
export const ownProduct = defineProblem('own-product', 409, 'Nobody buys from themselves');
export const priceChanged = defineProblem('price-changed', 409, 'A price has changed');
export const insufficientStock = defineProblem('insufficient-stock', 409, 'There is not enough in stock');
export const mixedCurrencies = defineProblem('mixed-currencies', 422, 'The lines have different currencies');
export const totalTooLarge = defineProblem('total-too-large', 422, 'The total is too large');
export const reservationReleased = defineProblem('reservation-released', 410, 'The reservation was released');
export const reservationDiffers = defineProblem(
  'reservation-differs',
  422,
  'The order has a reservation of other items',
);
export const wrongState = defineProblem('wrong-state', 409, 'The reservation is in another state');
