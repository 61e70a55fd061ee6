import type { Database } from '@tradepost/service-kit/database.ts';
import { v7 as uuidv7 } from 'uuid';
import { moveStock } from '../inventory/move-stock.ts';
import { Stock } from '../inventory/stock.model.ts';
import { recordWords } from '../search/record-words.ts';
import { Product } from './product.model.ts';
import { recordProduct } from './record-product.ts';

interface NewProduct {
  sellerId: string;
  name: string;
  description: string;
  price: { amount: number; currency: string };
  categoryId: string | null;
  initialStock: number;
}

/** Creates a product with its row of stock, whose first units are the first entry of its ledger. */
export async function createProduct(
  { database }: { database: Database },
  { price, initialStock, ...fields }: NewProduct,
): Promise<Product> {
  const productId = uuidv7();
  return database.transaction(async (tx) => {
    const { amount: priceMinor, currency } = price;
    await Product.create({ ...fields, id: productId, priceMinor, currency }, { transaction: tx });
    const product = await Product.findByPk(productId, { transaction: tx, rejectOnEmpty: true });
    await recordWords(tx, [product]);
    await recordProduct(database, tx, { product });
    await Stock.create({ productId, onHand: 0, reserved: 0 }, { transaction: tx });
    if (initialStock > 0) {
      await moveStock(database, tx, [
        { productId, kind: 'initial', onHandDelta: initialStock, reservedDelta: 0 },
      ]);
    }
    return product;
  });
}
