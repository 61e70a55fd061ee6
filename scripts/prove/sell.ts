import { setTimeout as sleep } from 'node:timers/promises';
import type { KnownOrder } from './journal.ts';
import type { Market, Ware } from './open-market.ts';
import type { Random } from './seeded-random.ts';
import { sendKeyed } from './send-keyed.ts';
import type { Session } from './session.ts';

interface Keeper {
  session: Session;
  wares: readonly Ware[];
  random: Random;
}

const accepted = 200;
const refused = new Set([412, 428, 404]);

/** Changes a price as one does who has read the ware; without a key, nobody knows of some edits whether they were made. */
async function editPrice({ session, wares, random }: Keeper): Promise<void> {
  const { id } = random.pick(wares);
  const { journal } = session.house;
  const read = await session.insist({ method: 'GET', path: `/products/${id}` });
  if (read.status !== 200) return;
  const { name, description } = read.body;
  const price = { amount: random.int(1, 20_000), currency: 'EUR' };
  // Now and then with a version that is not the newest any more.
  const ifMatch = random.chance(0.1) ? '"1"' : (read.etag ?? '');
  const body = { name, description, price };
  const { status } = await session.ask({ method: 'PUT', path: `/products/${id}`, ifMatch, body });
  if (status === accepted) journal.noteEdit(id, 'accepted');
  else if (!refused.has(status)) journal.noteEdit(id, 'unknown');
}

async function adjust({ session, wares, random }: Keeper): Promise<void> {
  const { id, isHot } = random.pick(random.chance(0.6) ? wares.filter((ware) => ware.isHot) : wares);
  const path = `/products/${id}/inventory`;
  const most = isHot ? 12 : 60;
  const delta = random.chance(0.65) ? random.int(1, most) : -random.int(1, most);
  let change: object = { delta };
  if (random.chance(0.2)) {
    const { status, body } = await session.insist({ method: 'GET', path });
    const onHand = Number(body.onHand);
    if (status === 200) change = { setTo: Math.max(0, onHand + delta), expectedOnHand: onHand };
  }
  const wish = { kind: 'adjustment', path: `${path}/adjustments` } as const;
  await sendKeyed(session, { ...wish, body: (key) => ({ ...change, reason: key }) }, random);
}

/** What of an order was bought from a seller; null for an admin, to whom all of it counts. */
function ownMinor(order: KnownOrder, wares: readonly Ware[] | null): number {
  const ids = wares && new Set(wares.map(({ id }) => id));
  const own = order.items.filter(({ productId }) => ids?.has(productId) ?? true);
  return own.reduce((sum, { quantity, unitPrice }) => sum + quantity * (unitPrice?.amount ?? 0), 0);
}

/** Gives back a part of a paid order, or all; some of it twice over, which must be refused. */
async function giveBack({ session, random, wares }: Keeper, isAdmin: boolean): Promise<void> {
  const { paid } = session.house.journal;
  if (paid.length === 0) return;
  const order = random.pick(paid.slice(-50));
  const most = ownMinor(order, isAdmin ? null : wares);
  if (most === 0) return;
  const amount = { amount: random.chance(0.3) ? most : random.int(1, most), currency: 'EUR' };
  const wish = { kind: 'refund', path: `/orders/${order.id}/refunds` } as const;
  await sendKeyed(session, { ...wish, body: (key) => ({ amount, reason: key }) }, random);
}

/** Edits, restocks, takes away and gives back until the shop closes. */
export async function sell(keeper: Keeper): Promise<void> {
  const { session, random } = keeper;
  while (!session.house.isClosed) {
    await random.weigh([
      [4, editPrice],
      [5, adjust],
      [1, (seller: Keeper) => giveBack(seller, false)],
    ])(keeper);
    await sleep(random.int(100, 800));
  }
}

/** The admin gives money back until the shop closes. */
export async function administer({ admin, wares }: Market, random: Random): Promise<void> {
  while (!admin.house.isClosed) {
    await giveBack({ session: admin, wares, random }, true);
    await sleep(random.int(300, 2_000));
  }
}
