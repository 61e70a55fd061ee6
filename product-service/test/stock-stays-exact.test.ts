import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { expectExactStock } from './helpers/invariants.ts';
import { type Person, type ProductApp, startProductApp } from './helpers/product-app.ts';

jest.setTimeout(120_000);

let app: ProductApp;
let seller: Person;
beforeAll(async () => {
  app = await startProductApp();
  seller = app.person('seller');
});
afterAll(() => app.stop());

const order = fc.nat(3);
const product = fc.nat(2);
const quantity = fc.integer({ min: 1, max: 4 });
const lines = fc.array(fc.record({ product, quantity }), { minLength: 1, maxLength: 4 });

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('hold' as const), order, lines }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('commit' as const), order }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('release' as const), order }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('return' as const), order, lines, returned: fc.nat(1) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('adjust' as const),
      product,
      delta: fc.integer({ min: -4, max: 4 }),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

interface World {
  productIds: string[];
  orderIds: string[];
  returnIds: string[];
}

async function newWorld(): Promise<World> {
  const productIds: string[] = [];
  for (const initialStock of [6, 3, 0]) productIds.push((await app.create(seller, { initialStock })).id);
  const ids = (count: number): string[] => Array.from({ length: count }, () => uuidv7());
  return { productIds, orderIds: ids(4), returnIds: ids(2) };
}

function play(step: Step, { productIds, orderIds, returnIds }: World) {
  const items = (wanted: { product: number; quantity: number }[]) =>
    wanted.map((line) => ({ productId: productIds[line.product]!, quantity: line.quantity }));
  switch (step.kind) {
    case 'hold':
      return app.hold(orderIds[step.order]!, items(step.lines));
    case 'commit':
    case 'release':
      return app.move(orderIds[step.order]!, step.kind);
    case 'return':
      return app.move(orderIds[step.order]!, 'return', {
        returnId: returnIds[step.returned]!,
        items: items(step.lines),
      });
    case 'adjust':
      return app.adjust(seller, productIds[step.product]!, { delta: step.delta, reason: 'Any' });
  }
}

/** `held` is left once, and for good. */
function assertMove(before: string | undefined, after: string | undefined): void {
  const allowed: Record<string, (string | undefined)[]> = {
    none: [undefined, 'held', 'released'],
    held: ['held', 'committed', 'released'],
    committed: ['committed'],
    released: ['released'],
  };
  expect(allowed[before ?? 'none']).toContain(after);
}

async function statusOf(orderId: string): Promise<string | undefined> {
  const [row] = await app.database.select<{ status: string }>(
    'SELECT status FROM reservations WHERE order_id = :orderId',
    { orderId },
  );
  return row?.status;
}

test('whatever happens to orders and products, in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const world = await newWorld();
      const statuses = new Map<string, string | undefined>();
      for (const each of steps) {
        const { status } = await play(each, world);
        expect([200, 201, 400, 409, 410, 422]).toContain(status);
        await expectExactStock(app.database);
        for (const orderId of world.orderIds) {
          const now = await statusOf(orderId);
          assertMove(statuses.get(orderId), now);
          statuses.set(orderId, now);
        }
      }
    }),
    { numRuns: 20, seed: 20_251_207 },
  );
});
