import { randomInt } from 'node:crypto';
import type { Transaction } from 'sequelize';
import { ProductWords } from './product-words.model.ts';
import { toWordColumns } from './tokens.ts';

interface Texts {
  id: string;
  version: number;
  name: string;
  description: string;
}

const sampleKeys = 65_536;

/**
 * Stores the words of products as search finds them, in the transaction that wrote their texts: a product is found as soon
 * as that has committed. The caller holds the locks of the rows in `products`, so that two writes keep their order.
 */
export async function recordWords(tx: Transaction, products: readonly Texts[]): Promise<void> {
  const rows = products.map(({ id, version, name, description }) => ({
    productId: id,
    version,
    sampleKey: randomInt(sampleKeys),
    ...toWordColumns({ name, description }),
  }));
  await ProductWords.bulkCreate(rows, {
    updateOnDuplicate: ['version', 'nameText', 'nameWords', 'textWords'],
    transaction: tx,
  });
}
