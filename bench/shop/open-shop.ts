import pLimit from 'p-limit';
import { grantRole, logIn, makeAccount } from '../../scripts/local/account-calls.ts';
import { createApiClient } from '../../scripts/local/api-client.ts';
import { startStack, type Stack } from '../../scripts/local/start-stack.ts';

/** A running shop of the bench, with its products and buyers. */
export interface BenchShop {
  stack: Stack;
  productIds: string[];
  /** Access tokens of the buyers; they live 15 minutes. */
  logInBuyers(): Promise<string[]>;
  sellerToken(): Promise<string>;
  stop(): Promise<void>;
}

export interface ShopOptions {
  directory: string;
  replicas: number;
  products: number;
  buyers: number;
  signal: AbortSignal;
  onProgress: (message: string) => void;
}

const password = 'bench: no secret at all';
const atOnce = pLimit(32);
const initialStock = 10_000_000;

const describe = (number: number): string =>
  `Product ${number} of the bench. ${'It is made of steel, wood and glass, and comes in a sturdy box. '.repeat(6)}`;

type CallApi = ReturnType<typeof createApiClient>;

async function offerProducts(callApi: CallApi, token: string, count: number): Promise<string[]> {
  const offer = async (number: number): Promise<string> => {
    const price = { amount: 1_000 + (number % 9_000), currency: 'EUR' };
    const body = { name: `Kettle number ${number}`, description: describe(number), price, initialStock };
    const answer = await callApi({ method: 'POST', path: '/products', token, body });
    if (answer.status !== 201) throw new Error(`Offering a product answered ${answer.status}.`);
    return (answer.body as { id: string }).id;
  };
  return Promise.all(Array.from({ length: count }, (_, number) => atOnce(() => offer(number))));
}

/** Starts a shop with products of one seller and buyers who can log in. */
export async function openShop(options: ShopOptions): Promise<BenchShop> {
  const { directory, replicas, products, buyers, signal, onProgress } = options;
  const settings = { 'auth-service': { BCRYPT_COST: '4' } };
  const stack = await startStack({
    dataDirectory: directory,
    port: 0,
    replicas,
    settings,
    signal,
    onProgress,
  });
  const callApi = createApiClient(stack.url, signal);
  const seller = { email: 'seller@bench.example', password, displayName: 'Bench' };
  const userId = await makeAccount(callApi, seller);
  await grantRole(callApi, await logIn(callApi, stack.admin), { userId, role: 'seller' });
  const token = await logIn(callApi, seller);
  onProgress(`offering ${products} products`);
  const productIds = await offerProducts(callApi, token, products);
  onProgress(`registering ${buyers} buyers`);
  const logins = Array.from({ length: buyers }, (_, number) => ({
    email: `buyer-${number}@bench.example`,
    password,
    displayName: `Buyer ${number}`,
  }));
  await Promise.all(logins.map((login) => atOnce(() => makeAccount(callApi, login))));
  return {
    stack,
    productIds,
    logInBuyers: () => Promise.all(logins.map((login) => atOnce(() => logIn(callApi, login)))),
    sellerToken: () => logIn(callApi, seller),
    stop: () => stack.stop(),
  };
}
