import { startFakeUpstream, type UpstreamCall } from '../../../testing/fake-upstream.ts';

type Answer = Awaited<ReturnType<Parameters<typeof startFakeUpstream>[0]>>;
type Hook = (call: UpstreamCall) => unknown;

interface Charge {
  orderId: string;
  amount: { amount: number; currency: string };
  token: string;
  status: 'captured' | 'declined';
  declineCode: string | null;
}

export interface FakeProvider {
  addresses: string[];
  calls: UpstreamCall[];
  /** Those that came to an end. */
  charges: Map<string, Charge>;
  refunds: Map<string, { chargeId: string; amount: { amount: number; currency: string } }>;
  /** Runs before the provider has done anything; what it gives is the answer. */
  before: Hook | undefined;
  /** Runs when it has done its work and is about to answer. */
  after: Hook | undefined;
  /** Charges sent for an order, whatever came of them. */
  sendsFor(orderId: string): UpstreamCall[];
  capturedFor(orderId: string): number;
  /** Minor units given back for an order. */
  refundedFor(orderId: string): number;
  /** How the provider was asked about a charge, in order. */
  methodsFor(chargeId: string): string[];
  goAway(): void;
  comeBack(): void;
  stop(): Promise<void>;
}

export const isCharge = (call: UpstreamCall): boolean =>
  call.method === 'PUT' && call.path.includes('/charges/');
export const isRefund = (call: UpstreamCall): boolean => call.path.includes('/refunds/');

/** A payment provider as order-service meets it over HTTP: it captures, or declines `tok_declined`. */
export async function startFakeProvider(): Promise<FakeProvider> {
  const upstream = await startFakeUpstream(async (call) => {
    const instead = (await fake.before?.(call)) as Answer | undefined;
    if (instead) return instead;
    const answer = act(call);
    return ((await fake.after?.(call)) as Answer | undefined) ?? answer;
  });
  const charges: FakeProvider['charges'] = new Map();
  const refunds: FakeProvider['refunds'] = new Map();

  function charge(id: string, body: Omit<Charge, 'status' | 'declineCode'>): Charge {
    const declined = body.token === 'tok_declined';
    const outcome = {
      status: declined ? 'declined' : 'captured',
      declineCode: declined ? 'do_not_honor' : null,
    } as const;
    const rested = charges.get(id) ?? { ...body, ...outcome };
    charges.set(id, rested);
    return rested;
  }

  function act({ method, path, body }: UpstreamCall): Answer {
    const [, , , kind, id = ''] = path.split('/');
    if (kind === 'refunds') {
      refunds.set(id, body as { chargeId: string; amount: Charge['amount'] });
      return { status: 200, body: { status: 'refunded', declineCode: null } };
    }
    if (method === 'PUT') charge(id, body as Charge);
    if (method === 'DELETE' && !charges.has(id)) {
      const nothing = { orderId: '', amount: { amount: 0, currency: 'EUR' }, token: '' };
      charges.set(id, { ...nothing, status: 'declined', declineCode: 'voided' });
    }
    const found = charges.get(id);
    if (!found) return { status: 404, body: {} };
    return { status: 200, body: { status: found.status, declineCode: found.declineCode } };
  }

  const fake: FakeProvider = {
    addresses: [upstream.url],
    calls: upstream.calls,
    charges,
    refunds,
    before: undefined,
    after: undefined,
    sendsFor: (orderId) =>
      upstream.calls.filter((call) => isCharge(call) && (call.body as Charge).orderId === orderId),
    capturedFor: (orderId) =>
      [...charges.values()].filter((one) => one.orderId === orderId && one.status === 'captured').length,
    refundedFor: (orderId) =>
      [...refunds.values()]
        .filter(({ chargeId }) => charges.get(chargeId)?.orderId === orderId)
        .reduce((sum, { amount }) => sum + amount.amount, 0),
    methodsFor: (chargeId) =>
      upstream.calls.filter(({ path }) => path.endsWith(`/charges/${chargeId}`)).map(({ method }) => method),
    goAway: () => void (fake.addresses[0] = 'http://127.0.0.1:1'),
    comeBack: () => void (fake.addresses[0] = upstream.url),
    stop: () => upstream.stop(),
  };
  return fake;
}
