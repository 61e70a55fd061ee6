/** What is broken, the tests and commands that show how it is lived through, and what is said where none measures it. */
type Row = readonly [says: string, shownBy: readonly string[], heals?: string];

const crashes = ['e2e/crash-points.test.ts', 'e2e/failures.test.ts', 'npm run prove'];
const clients = ['e2e/faults/clients.test.ts'];
const database = ['e2e/faults/database.test.ts'];
const holds = ['e2e/faults/holds.test.ts'];
const links = ['e2e/faults/links.test.ts'];
const nginx = ['e2e/faults/nginx.test.ts'];
const draining = ['service-kit/test/draining.test.ts'];
const kitDatabase = 'service-kit/test/database.test.ts';
const uncertain = 'order-service/test/uncertain-charges.test.ts';
const oversized = ['nginx/test/errors.test.ts', 'service-kit/test/bad-input.test.ts'];
const hanging = ['e2e/faults/hanging-charges.test.ts', 'order-service/test/lanes.test.ts'];
const messages = ['auth-service/test/message-channels.test.ts'];
const sameRequest = [
  'e2e/races.test.ts',
  'order-service/test/races.test.ts',
  'order-service/test/payment-races.test.ts',
];
const sold = ['e2e/races.test.ts', 'product-service/test/races.test.ts'];

const events = ['e2e/faults/events.test.ts'];
const outbox = 'events/test/outbox.test.ts';
const inbox = 'events/test/inbox.test.ts';

const nothing = 'nothing breaks';

/** The faults of the specification (quality.md section 2), in its order. */
const rows = {
  'replica-killed': [
    'kill -9 of any replica at any step of an order',
    crashes,
    '30 s, asserted for each step',
  ],
  'both-replicas-killed': [
    'kill -9 of both replicas of a service',
    crashes,
    '5 s, asserted for each service',
  ],
  'workers-killed': ['kill -9 of both workers while orders are due', links],
  'auth-service-down': ['auth-service down: valid tokens go on working', ['e2e/failures.test.ts'], nothing],
  'product-service-down': [
    'product-service down',
    ['e2e/failures.test.ts', 'order-service/test/product-service-down.test.ts'],
    '10 s, asserted',
  ],
  'product-service-slow': ['product-service slow by 3 s: orders are answered within 2 s', links],
  'database-restarted': ['database restarted', database],
  'database-killed': ['database killed', database],
  'database-frozen': ['database frozen for 20 s', database],
  'database-connections-reset': ['connections to the database reset', database],
  'database-connection-limit': ['connection limit of the database reached', database],
  'charge-answer-lost': ['answers of the payment provider lost', [...links, uncertain]],
  'provider-fails': [
    'payment provider: time-outs, declines, five failures',
    ['e2e/payments.test.ts', uncertain],
    '60 s, asserted for each token',
  ],
  'other-networks': [
    'a machine that has IPv6 only, or where IPv6 is off',
    ['e2e/faults/networks.test.ts'],
    nothing,
  ],
  'charges-hang': ['1,000 charges that get no answer: other orders and expiries come in time', hanging],
  'message-provider-hangs': [
    'an SMS provider or a mail server that hangs: messages of the other kind leave',
    messages,
    '1 s, asserted',
  ],
  'reservation-answer-lost': ['the answer of a reservation lost', links],
  'same-request-at-once': ['the same request 50 times at once over two replicas', sameRequest, nothing],
  'client-hangs-up': ['a client that hangs up before the answer and repeats', [...clients, 'npm run prove']],
  'nginx-reloaded': ['Nginx reloaded ten times under load', nginx],
  'nginx-killed': ['Nginx killed', nginx],
  'new-address': ['a replica on a new address', ['npm run cluster:e2e'], nothing],
  'rolling-restart': [
    'a rolling restart of everything: 0 failed requests',
    ['npm run roll', 'npm run cluster:e2e'],
    nothing,
  ],
  'sigterm-at-work': ['SIGTERM during a 5 s request', draining, nothing],
  'migrating-at-once': [
    'three replicas migrating an empty database at once',
    ['e2e/faults/empty-databases.test.ts', 'service-kit/test/migrations.test.ts'],
    nothing,
  ],
  'migrator-killed': [
    'the migrator killed half-way',
    ['service-kit/test/migrations.test.ts'],
    'with the next start, asserted',
  ],
  'previous-version': [
    'the previous version’s code on the new schema',
    ['e2e/faults/previous-version.test.ts'],
  ],
  'deadlock-storm': [
    'deadlock storms: 60 orders at once with crossing lines, no 5xx',
    ['e2e/faults/deadlocks.test.ts', ...sold],
  ],
  'forced-deadlocks': [
    '1,000 forced deadlocks: the pool has all its connections',
    ['e2e/faults/deadlocks.test.ts', kitDatabase],
  ],
  'row-locked': [
    'a row lock held by someone else: answered within 4 s',
    [kitDatabase, 'order-service/test/idempotency.test.ts'],
    nothing,
  ],
  'more-buyers-than-pieces': ['500 buyers for fewer pieces: as many orders as pieces', sold, nothing],
  'review-against-payment': ['a hold’s review against a payment in flight', holds],
  'two-relays': ['two relays, killed by turns', [...events, outbox]],
  'two-sweepers': ['two sweepers', [...holds, 'order-service/test/races.test.ts']],
  'sink-down': ['event sink down for 60 s', events],
  'poisonous-event': ['a poisonous event', [...events, inbox]],
  'consumer-killed': [
    'a consumer killed after its effect and before its acknowledgement',
    [...events, inbox],
  ],
  'webhook-receivers-hang': [
    '20 webhook receivers hang, another is gone with 200,000 deliveries',
    ['e2e/faults/webhooks.test.ts', 'order-service/test/webhook-queue.test.ts'],
    'others get theirs at most 1 s later, asserted',
  ],
  'many-deliveries': [
    'a webhook with 1,000,000 deliveries is deleted',
    ['e2e/faults/webhooks.test.ts'],
    'answered within 1 s, asserted',
  ],
  'wrong-clock': [
    'a clock ten minutes off on one replica',
    ['npm run prove', 'e2e/faults/clocks.test.ts', 'order-service/test/resume-orders.test.ts'],
    nothing,
  ],
  'slow-loris': ['slow-loris: 400 connections', clients],
  oversized: ['oversized bodies and headers, JSON 10,000 deep', oversized, nothing],
  'five-times-the-capacity': ['five times the capacity', ['e2e/faults/overload.test.ts']],
  'disk-full': ['disk full', ['e2e/faults/disk-full.test.ts']],
  'unhandled-rejection': ['an unhandled rejection', draining, 'with the restart of the process'],
  'key-rotated': ['rotation of the signing key', ['e2e/faults/key-rotation.test.ts'], nothing],
} as const satisfies Record<string, Row>;

export type FaultName = keyof typeof rows;

export interface Fault {
  name: string;
  says: string;
  shownBy: readonly string[];
  heals: string | undefined;
}

export const faults: readonly Fault[] = Object.entries<Row>(rows).map(([name, [says, shownBy, heals]]) => ({
  name,
  says,
  shownBy,
  heals,
}));
