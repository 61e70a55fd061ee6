import type { Attack, Family } from './declare-attack.ts';

/**
 * What is to be attacked as soon as it is there. Its line says "not built" until docs/openapi.json has the operation,
 * and then that nobody has written the attack. The contract names no operation yet for conversations, for images by address
 * and for messages of the provider: those names are guesses, to be set right by whoever builds them.
 */
const waiting = (name: string, needs: string): Attack => ({
  name,
  expected: 'an attack',
  needs,
  run: () => Promise.resolve('built, but nobody attacks it yet: write the attack'),
});

export const notBuilt: Family = {
  name: 'waiting for what is not built',
  attacks: [
    waiting('a cart of somebody else', 'GET /cart'),
    waiting('a conversation of somebody else', 'GET /conversations/{id}'),
    waiting('uploads with a wrong type, a script in SVG, a path in the name', 'POST /products/{id}/images'),
    waiting('an image address that points inside', 'POST /products/{id}/images/import'),
    waiting('forged and replayed messages of the payment provider', 'POST /payments/notifications'),
    waiting('a shipment of another seller', 'POST /orders/{id}/shipments'),
    waiting('a review of somebody else', 'PUT /reviews/{id}'),
  ],
};
