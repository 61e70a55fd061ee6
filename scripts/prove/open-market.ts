import { randomUUID } from 'node:crypto';
import { grantRole, logIn } from '../local/account-calls.ts';
import { type CallApi, createApiClient } from '../local/api-client.ts';
import { Refusal } from '../local/refusal.ts';
import type { Login } from '../local/secrets.ts';
import type { House } from './house.ts';
import type { Random } from './seeded-random.ts';
import { Session } from './session.ts';

export interface Ware {
  id: string;
  seller: Session;
  /** Many want the few of these. */
  isHot: boolean;
  initialStock: number;
}

export interface Market {
  admin: Session;
  sellers: Session[];
  buyers: Session[];
  wares: Ware[];
}

interface Stall {
  seller: Session;
  token: string;
}

const sellerCount = 3;
const hotWares = 5;
const plainWares = 37;

async function register(callApi: CallApi, house: House): Promise<{ session: Session; login: Login }> {
  const login = { email: `${randomUUID()}@proof.tradepost.example`, password: randomUUID() };
  const { status, body } = await callApi({ method: 'POST', path: '/auth/register', body: login });
  if (status !== 201) throw new Refusal(`Registering answered ${status}: read the logs of auth-service.`);
  const { id } = (body as { user: { id: string } }).user;
  return { session: new Session(house, id, login), login };
}

async function offer(callApi: CallApi, token: string, ware: object): Promise<string> {
  const { status, body } = await callApi({ method: 'POST', path: '/products', token, body: ware });
  if (status !== 201)
    throw new Refusal(`Offering a product answered ${status}: read the logs of product-service.`);
  return (body as { id: string }).id;
}

async function openStall(callApi: CallApi, house: House, admin: Login): Promise<Stall> {
  const { session: seller, login } = await register(callApi, house);
  await grantRole(callApi, await logIn(callApi, admin), { userId: seller.id, role: 'seller' });
  return { seller, token: await logIn(callApi, login) };
}

/** Sellers with wares of small and large stock, buyers with accounts of their own; made while all is well. */
export async function openMarket(
  house: House,
  admin: Login,
  { buyers, random }: { buyers: number; random: Random },
): Promise<Market> {
  const callApi = createApiClient(house.url);
  const stalls: Stall[] = [];
  for (let stall = 0; stall < sellerCount; stall += 1) stalls.push(await openStall(callApi, house, admin));
  const wares: Ware[] = [];
  for (let index = 0; index < hotWares + plainWares; index += 1) {
    const isHot = index < hotWares;
    const initialStock = isHot ? random.int(5, 30) : random.int(50, 3_000);
    const price = { amount: random.int(1, 20_000), currency: 'EUR' };
    // In turn, so that each has some of those that all want.
    const stall = stalls[index % stalls.length];
    if (!stall) throw new Error('There is no stall.');
    const { seller, token } = stall;
    const description = isHot ? 'The few that all want.' : 'There is enough of these.';
    const id = await offer(callApi, token, { name: `Ware ${index + 1}`, description, price, initialStock });
    wares.push({ id, seller, isHot, initialStock });
  }
  const people: Session[] = [];
  while (people.length < buyers) people.push((await register(callApi, house)).session);
  // The admin's id is needed nowhere.
  const chief = new Session(house, 'admin', admin);
  return { admin: chief, sellers: stalls.map(({ seller }) => seller), buyers: people, wares };
}
