import type pLimit from 'p-limit';
import { digestOf, plainText } from './plain-text.ts';
import { type House, openSession, type Person, type Session } from './open-session.ts';
import type { Invoice } from './read-invoices.ts';

export interface SigningIn {
  limit: ReturnType<typeof pLimit>;
  onProgress: (signedIn: number) => void;
}

/** Tokens are worth keeping early: to register a thousand people takes minutes of hashing. */
const saveEvery = 100;

/** Addresses are compared without regard to case. A customer that an address cannot hold as it is gets a digest. */
export function personFor(customer: string): Person {
  if (customer === '') return { email: 'guests@replay.tradepost.example', displayName: 'Guests' };
  const name = /^[a-z0-9]{1,40}$/.test(customer) ? customer : `sha256-${digestOf(customer, 40)}`;
  return { email: `customer-${name}@replay.tradepost.example`, displayName: customerName(customer) };
}

export function customerName(customer: string): string {
  return plainText(`Customer ${customer}`, 200);
}

/** Opens one session for each customer who buys something, and one for all who bought without a code. */
export async function signInCustomers(
  house: House,
  invoices: readonly Invoice[],
  { limit, onProgress }: SigningIn,
): Promise<Map<string, Session>> {
  const customers = [...new Set(invoices.map(({ customer }) => customer))];
  const sessions = new Map<string, Session>();
  await limit.map(customers, async (customer) => {
    sessions.set(customer, await openSession(house, personFor(customer)));
    onProgress(sessions.size);
    if (sessions.size % saveEvery === 0) await house.accounts.save();
  });
  await house.accounts.save();
  return sessions;
}
