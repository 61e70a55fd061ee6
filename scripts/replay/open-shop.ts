import { grantRole, logIn } from '../local/account-calls.ts';
import type { Login } from '../local/secrets.ts';
import { Refusal } from '../local/refusal.ts';
import { type House, openSession, type Session } from './open-session.ts';

export interface Shop {
  sellerId: string;
  session: Session;
}

const retailer = { email: 'retailer@replay.tradepost.example', displayName: 'Online Retail' };

/** Opens the retailer's shop: an account of its own, to which the administrator gives the role of a seller, once. */
export async function openShop(house: House, findAdmin: () => Promise<Login>): Promise<Shop> {
  const session = await openSession(house, retailer);
  const { status, body } = await session.call({ method: 'GET', path: '/users/me' });
  if (status !== 200) throw new Refusal(`GET /users/me answered ${status}: read the logs of auth-service.`);
  const { id: sellerId, roles } = body as { id: string; roles: string[] };
  if (!roles.includes('seller')) {
    const adminToken = await logIn(house.callApi, await findAdmin());
    await grantRole(house.callApi, adminToken, { userId: sellerId, role: 'seller' });
    // The new role is in force from the next refresh on.
    await session.renew();
  }
  return { sellerId, session };
}
