import {
  authenticateServices,
  readSigningKey,
  serviceAuthorization,
} from '@tradepost/service-kit/authenticate.ts';
import type { ThingVersion } from '@tradepost/events/told-versions.ts';
import { createHttpClient } from '@tradepost/service-kit/http-client.ts';
import { createMetrics } from '@tradepost/service-kit/metrics.ts';
import { silentLogger } from '@tradepost/service-kit/testing.ts';
import supertest from 'supertest';
import { type CheckedApp, serveChecked } from '../../../testing/checked-app.ts';
import { startFakeUpstream, type UpstreamCall } from '../../../testing/fake-upstream.ts';
import { createInternalApp, createPublicApp } from '../../src/app.ts';
import { createAuditClient } from '../../src/clients/audit-client.ts';
import { listenWith } from '../../src/listener.ts';
import {
  basket,
  eventually,
  type OrderApp,
  serviceKeys,
  somebody,
  startOrderApp,
  tokens,
} from './order-app.ts';

const buyer = somebody();
const admin = somebody('admin');
const offered = { price: { amount: 1999, currency: 'EUR' }, available: 5 };

/** The ids of an order for each way that one can go. */
export interface Lives {
  waiting: string;
  declined: string;
  paid: string;
  partlyRefunded: string;
  refunded: string;
  cancelled: string;
  rejected: string;
  pending: string;
}

async function place(app: OrderApp, fields = {}): Promise<string> {
  const { body } = await app.place(buyer, basket([app.products.offer({ ...offered, ...fields })]));
  return body.id ?? body.orderId;
}

async function placePaid(app: OrderApp, refund = 0): Promise<string> {
  const orderId = await place(app);
  await app.pay(buyer, orderId).expect(201);
  if (refund > 0) await app.refund(admin, orderId, refund).expect(201);
  return orderId;
}

/** Has a worker do what is still to be done. */
async function untilIdle(app: OrderApp): Promise<void> {
  const resuming = app.resume();
  const open = () => app.database.select(`SELECT 1 FROM order_sagas WHERE step NOT IN ('nothing', 'expire')`);
  await eventually(open, (rows) => rows.length === 0);
  await resuming.stop();
}

async function live(app: OrderApp): Promise<Lives> {
  const [waiting, declined, cancelled] = [await place(app), await place(app), await place(app)];
  await app.pay(buyer, declined, 'tok_declined').expect(409);
  await app.cancel(buyer, cancelled).expect(200);
  // Kept under its key, and has no resource.
  await app.pay(buyer, cancelled).expect(409);
  const rejected = await place(app, { available: 0 });
  const [paid, partlyRefunded, refunded] = [
    await placePaid(app),
    await placePaid(app, 500),
    await placePaid(app, 1999),
  ];
  await untilIdle(app);
  app.products.goAway();
  const pending = await place(app);
  app.products.comeBack();
  return { waiting, declined, paid, partlyRefunded, refunded, cancelled, rejected, pending };
}

/** What an audit gets of the others: pages of two, so that there are many. */
function answerPage<Item>(
  all: Item[],
  keyOf: (item: Item) => string,
  { after, ids }: { after: string; ids?: string },
) {
  const sorted = all.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const left = sorted.filter((item) => keyOf(item) > after && (ids?.includes(keyOf(item)) ?? true));
  const items = left.slice(0, ids === undefined ? 2 : 100);
  return { items, nextCursor: left.length > items.length ? keyOf(items.at(-1)!) : null };
}

function listReservations({ products }: OrderApp, query: URLSearchParams) {
  const items = [...products.reservations].map(([orderId, { status, items: held }]) => {
    return { orderId, status, isTombstone: held.length === 0 };
  });
  const orderIds = query.get('orderIds');
  return answerPage(items, ({ orderId }) => orderId, {
    after: query.get('after') ?? '',
    ...(orderIds && { ids: orderIds }),
  });
}

function listCharges({ provider }: OrderApp, query: URLSearchParams) {
  const given = (id: string) =>
    [...provider.refunds.values()]
      .filter(({ chargeId }) => chargeId === id)
      .map(({ amount }) => amount.amount);
  const items = [...provider.charges].map(([chargeId, { orderId, status, amount }]) => {
    const refunded = { ...amount, amount: given(chargeId).reduce((sum, one) => sum + one, 0) };
    return { chargeId, orderId, status, amount, refunded, createdAt: new Date().toISOString() };
  });
  const after = Buffer.from(query.get('cursor') ?? '', 'base64url').toString();
  const page = answerPage(items, ({ chargeId }) => chargeId, { after });
  return { ...page, nextCursor: page.nextCursor && Buffer.from(page.nextCursor).toString('base64url') };
}

const finding = (invariant: number) => ({
  invariant,
  says: 'as asked for',
  checked: 3,
  breaches: 0,
  ids: [] as string[],
});

/** The other services and the provider, as far as an audit asks them; they tell what the fakes of the orders have done. */
async function startOthers(app: OrderApp) {
  const found = { products: [finding(1)], accounts: [finding(12)] };
  /** Versions that the others have come to, by the source of their events. */
  const versions: Record<string, ThingVersion[]> = {};
  const listVersions = (query: URLSearchParams) => {
    const ids = query.get('ids');
    return answerPage(versions[query.get('source') ?? ''] ?? [], ({ subject }) => subject, {
      after: query.get('after') ?? '',
      ...(ids && { ids }),
    });
  };
  const answer = (call: UpstreamCall) => {
    const { pathname, searchParams: query } = new URL(call.path, 'http://fake');
    if (pathname === '/provider/v1/charges') return { status: 200, body: listCharges(app, query) };
    if (pathname === '/internal/v1/audit') return { status: 200, body: { findings: found.products } };
    if (pathname === '/internal/v1/audit/versions') return { status: 200, body: listVersions(query) };
    return { status: 200, body: listReservations(app, query) };
  };
  const products = await startFakeUpstream(async (call) => (await others.before?.(call), answer(call)));
  const provider = await startFakeUpstream(async (call) => (await others.before?.(call), answer(call)));
  const accounts = await startFakeUpstream(({ path }) => {
    const { pathname, searchParams: query } = new URL(path, 'http://fake');
    const body = pathname === '/internal/v1/audit' ? { findings: found.accounts } : listVersions(query);
    return { status: 200, body };
  });
  const others = {
    found,
    versions,
    /** Runs before one of them answers. */
    before: undefined as ((call: UpstreamCall) => unknown) | undefined,
    addresses: { products: [products.url], accounts: [accounts.url], provider: [provider.url] },
    calls: { products: products.calls, accounts: accounts.calls, provider: provider.calls },
    stop: () => Promise.all([products.stop(), provider.stop(), accounts.stop()]),
  };
  return others;
}

export interface AuditedShop {
  app: OrderApp;
  lives: Lives;
  others: Awaited<ReturnType<typeof startOthers>>;
  internal: CheckedApp['request'];
  /** GET /audit, by an administrator unless somebody else is named. */
  audit(bearer?: string): supertest.Test;
  stop(): Promise<void>;
}

/** A shop in which everything is as it should be, and an app that audits it. */
export async function startAuditedShop(): Promise<AuditedShop> {
  const app = await startOrderApp({ poolSize: 5 });
  const lives = await live(app);
  const others = await startOthers(app);
  const key = readSigningKey(serviceKeys.keyFile('order-service'));
  const to = (name: string) => ({ authorization: serviceAuthorization(key, 'order-service', name) });
  const { products, accounts, provider } = others.addresses;
  const dependencies = {
    database: app.database,
    listener: listenWith(app, { EVENT_SINKS: ['http'] }),
    audits: createAuditClient({
      products: createHttpClient(products, to('product-service')),
      accounts: createHttpClient(accounts, to('auth-service')),
      provider: createHttpClient(provider),
    }),
    authenticate: {
      users: tokens.authenticate,
      services: authenticateServices(serviceKeys.publicKeysFile, 'order-service'),
    },
    logger: silentLogger,
    metrics: createMetrics(),
    // Nobody is asked to do anything.
    products: undefined as never,
    payments: undefined as never,
    deadLetters: undefined as never,
    webhooks: undefined as never,
    paymentWindowMinutes: 60,
  };
  const served = await serveChecked(createPublicApp(dependencies));
  return {
    app,
    lives,
    others,
    internal: supertest.agent(createInternalApp(dependencies)),
    audit: (bearer = admin.bearer) => served.request.get('/api/v1/audit').set('Authorization', bearer),
    async stop() {
      await served.close();
      await others.stop();
      await app.stop();
    },
  };
}
