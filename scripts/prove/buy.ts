import { setTimeout as sleep } from 'node:timers/promises';
import type { KnownOrder } from './journal.ts';
import type { Ware } from './open-market.ts';
import type { Random } from './seeded-random.ts';
import { sendKeyed } from './send-keyed.ts';
import type { Session } from './session.ts';

interface Buyer {
  session: Session;
  wares: readonly Ware[];
  random: Random;
}

const shipTo = { name: 'Robin Reader', line1: '1 Long Lane', city: 'Leeds', country: 'GB' };
const mostPayments = 3;
const followMs = 4_000;

function chooseToken(random: Random): string {
  const makeToken = random.weigh<() => string>([
    [50, () => 'tok_ok'],
    [8, () => 'tok_insufficient_funds'],
    [4, () => 'tok_timeout'],
    [6, () => 'tok_lost_response'],
    [12, () => `tok_flaky_${random.int(1, 5)}`],
    [10, () => `tok_slow_${random.int(500, 3_000)}`],
    [10, () => 'tok_random'],
  ]);
  return makeToken();
}

/** One to thirty lines; the hot wares come in many, in any order, now and then twice. */
function chooseItems({ wares, random }: Buyer): { productId: string; quantity: number }[] {
  const [hot, plain] = [wares.filter(({ isHot }) => isHot), wares.filter(({ isHot }) => !isHot)];
  const count = random.weigh([
    [60, random.int(1, 3)],
    [25, random.int(4, 10)],
    [15, random.int(11, 30)],
  ]);
  return Array.from({ length: count }, () => {
    const isHot = random.chance(0.3);
    const { id: productId } = random.pick(isHot ? hot : plain);
    return { productId, quantity: isHot ? random.int(1, 2) : random.int(1, 5) };
  });
}

async function place(buyer: Buyer): Promise<KnownOrder | undefined> {
  const { session, random } = buyer;
  const items = chooseItems(buyer);
  const payment = random.chance(0.4) ? { payment: { method: 'card', token: chooseToken(random) } } : {};
  let noted = '';
  const body = (key: string) => ({ items, shipTo, ...payment, note: (noted = key) });
  const answer = await sendKeyed(session, { kind: 'order', path: '/orders', body }, random);
  const { journal, meter } = session.house;
  if (answer.status < 300) meter.count('orders');
  const known = journal.see(answer.body, { buyer: session, key: noted });
  if (answer.status < 300 && known) return known;
  return undefined;
}

async function read({ session }: Buyer, order: KnownOrder): Promise<string> {
  const { status, body } = await session.insist({ method: 'GET', path: `/orders/${order.id}` });
  const { journal } = session.house;
  if (status === 200) journal.see(body, order);
  else journal.breach(`order ${order.id} was acknowledged, and its buyer reads ${status}`);
  return String(body.status);
}

/** Looks again while the order is on its way, for as long as somebody would. */
async function follow(buyer: Buyer, order: KnownOrder): Promise<string> {
  const until = performance.now() + followMs;
  for (;;) {
    const status = await read(buyer, order);
    const isOnItsWay = status === 'pending' || status === 'paying';
    if (!isOnItsWay || performance.now() > until || buyer.session.house.isClosed) return status;
    await sleep(200);
  }
}

async function pay({ session, random }: Buyer, order: KnownOrder): Promise<void> {
  const token = chooseToken(random);
  const path = `/orders/${order.id}/payments`;
  const body = (): object => ({ method: 'card', token });
  const { status } = await sendKeyed(session, { kind: 'payment', path, body }, random);
  if (status === 201) order.isCaptured = true;
}

/** A cancel has no key of its own: asked again, one that was heard is heard again. */
async function cancel({ session }: Buyer, order: KnownOrder): Promise<void> {
  const call = { method: 'POST', path: `/orders/${order.id}/cancel`, key: order.key } as const;
  const { status, body } = await session.insist({ ...call, body: { reason: 'changed my mind' } });
  if (status < 300) session.house.journal.see(body, order);
}

/** Pays what waits for its payment, in other ways when one is declined, and cancels now and then meanwhile. */
async function settle(buyer: Buyer, order: KnownOrder): Promise<void> {
  const { random } = buyer;
  for (let attempt = 1; attempt <= mostPayments; attempt += 1) {
    const meanwhile = random.chance(0.08)
      ? sleep(random.int(0, 800)).then(() => cancel(buyer, order))
      : undefined;
    await Promise.all([pay(buyer, order), meanwhile]);
    const status = await follow(buyer, order);
    if (status === 'paid' && random.chance(0.12)) await cancel(buyer, order);
    if (status !== 'awaiting_payment' || random.chance(0.3)) return;
  }
}

async function visit(buyer: Buyer): Promise<void> {
  const { random } = buyer;
  const order = await place(buyer);
  if (order === undefined) return;
  if (random.chance(0.08)) await cancel(buyer, order);
  const status = await follow(buyer, order);
  // One in eight is left unpaid.
  if (status === 'awaiting_payment' && random.chance(0.88)) await settle(buyer, order);
  else if (status === 'paid' && random.chance(0.12)) await cancel(buyer, order);
}

/** Buys until the shop closes. */
export async function buy(buyer: Buyer): Promise<void> {
  while (!buyer.session.house.isClosed) {
    await visit(buyer);
    await sleep(buyer.random.int(0, 100));
  }
}
