import { randomUUID } from 'node:crypto';
import { grantRole, logIn } from '../local/account-calls.ts';
import { createApiClient } from '../local/api-client.ts';
import type { Login } from '../local/secrets.ts';
import { Refusal } from '../local/refusal.ts';

export interface LoadShop {
  buyer: Login;
  seller: Login;
  productId: string;
  initialStock: number;
}

const initialStock = 1_000_000;

/** A new seller with one product, and a new buyer; through the public API, as anybody would. */
export async function openLoadShop(url: string, admin: Login): Promise<LoadShop> {
  const callApi = createApiClient(url);
  const register = async (): Promise<{ id: string; login: Login }> => {
    const login = { email: `${randomUUID()}@load.tradepost.example`, password: randomUUID() };
    const { status, body } = await callApi({ method: 'POST', path: '/auth/register', body: login });
    if (status !== 201) throw new Refusal(`Registering answered ${status}: read the logs of auth-service.`);
    return { id: (body as { user: { id: string } }).user.id, login };
  };
  const [seller, buyer] = [await register(), await register()];
  await grantRole(callApi, await logIn(callApi, admin), { userId: seller.id, role: 'seller' });
  const token = await logIn(callApi, seller.login);
  const body = { name: 'A kettle', description: '', price: { amount: 2500, currency: 'EUR' }, initialStock };
  const made = await callApi({ method: 'POST', path: '/products', token, body });
  if (made.status !== 201)
    throw new Refusal(`Offering a product answered ${made.status}: read the logs of product-service.`);
  const productId = (made.body as { id: string }).id;
  return { buyer: buyer.login, seller: seller.login, productId, initialStock };
}
