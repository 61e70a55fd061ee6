import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import type { Versioned } from '@tradepost/service-kit/precondition.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import type { Transaction } from 'sequelize';
import { Product } from './product.model.ts';
import { notOwner } from './products.errors.ts';

/** Whether the caller is the product's seller or an admin. */
export function mayEdit(product: Product, caller: Caller | undefined): boolean {
  return caller !== undefined && (product.sellerId === caller.id || caller.roles.includes('admin'));
}

/** A product as the caller may read it: a deleted one is there for those who may edit it only. */
export async function readProduct(
  productId: string,
  caller: Caller | undefined,
  tx?: Transaction,
): Promise<Product> {
  const product = await Product.findByPk(productId, { transaction: tx ?? null });
  if (!product || (product.deletedAt && !mayEdit(product, caller)))
    throw notFound('There is no such product.');
  return product;
}

/** A product that the caller may edit; 404 when there is none, 403 when it is somebody else's. */
export async function readOwnProduct(productId: string, caller: Caller, tx?: Transaction): Promise<Product> {
  const product = await readProduct(productId, caller, tx);
  if (!mayEdit(product, caller)) throw notOwner('Only its seller and admins may do this.');
  return product;
}

export function viewProduct(product: Product, caller: Caller | undefined) {
  return {
    id: product.id,
    sellerId: product.sellerId,
    name: product.name,
    description: product.description,
    price: { amount: product.priceMinor, currency: product.currency },
    categoryId: product.categoryId,
    version: product.version,
    createdAt: product.createdAt.toISOString(),
    updatedAt: product.updatedAt.toISOString(),
    ...(mayEdit(product, caller) && { deletedAt: product.deletedAt?.toISOString() ?? null }),
  };
}

/** The version that the caller reads. The base view is the public one; the owner and admins see another. */
export function versionFor(product: Product, caller: Caller | undefined): Versioned {
  const { version, fieldVersions } = product;
  return { version, fieldVersions, otherView: mayEdit(product, caller) };
}
