import type { Person, Product, Shop } from './shop.ts';

/** Several buyers who order, and of three orders cancel one and pay one, without a pause. */
export class Bustle {
  readonly orders: { id: string; buyer: Person }[] = [];
  readonly #working: Promise<unknown>;
  #over = false;

  constructor(shop: Shop, buyers: Person[], products: Product[]) {
    this.#working = Promise.all(
      buyers.map(async (buyer, turn) => {
        for (let round = turn; !this.#over; round += 1) {
          const wares = [0, 1 + (round % 2)].map((step) => products[(round + step) % products.length]!);
          const { body } = await shop.order(buyer, [
            [wares[0]!, 1 + (round % 3)],
            [wares[1]!, 1],
          ]);
          // A refused one has a row too, and its problem names it.
          const id = body.orderId ?? body.id;
          if (id) this.orders.push({ id, buyer });
          if (body.id && round % 3 === 0) await this.#cancel(shop, buyer, body.id);
          if (body.id && round % 3 === 1) await shop.pay(buyer, body.id, 'tok_ok');
        }
      }),
    );
  }

  async #cancel(shop: Shop, { token }: Person, id: string): Promise<void> {
    await shop.call('POST', `/orders/${id}/cancel`, { token, body: { reason: 'changed my mind' } });
  }

  async stop(): Promise<void> {
    this.#over = true;
    await this.#working;
  }
}
