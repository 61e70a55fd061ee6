import { createHmac } from 'node:crypto';
import { readSigningKey, serviceAuthorization } from '@tradepost/service-kit/authenticate.ts';
import type { Database } from '@tradepost/service-kit/database.ts';
import { silentLogger } from '@tradepost/service-kit/testing.ts';
import { v7 as uuidv7 } from 'uuid';
import { startFakeUpstream, type UpstreamCall } from '../../../testing/fake-upstream.ts';
import { createWebhookClient } from '../../src/clients/webhook-client.ts';
import { clearWebhooks } from '../../src/webhook-sending/clear-webhooks.ts';
import { deliverWebhooks } from '../../src/webhook-sending/deliver-webhooks.ts';
import { type OrderApp, serviceKeys, somebody, startOrderApp } from './order-app.ts';

export const admin = somebody('admin');

const toOrders = serviceAuthorization(
  readSigningKey(serviceKeys.keyFile('auth-service')),
  'auth-service',
  'order-service',
);

/** An event that nothing in order-service does anything with, but to pass it on. */
export function seen(subject: string, sequence: number, type = 'product.changed'): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: uuidv7(),
    source: '/product-service/products',
    type,
    subject,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    partitionkey: subject,
    sequence,
    data: { productId: subject },
  };
}

export interface Registered {
  id: string;
  url: string;
  types: string[] | null;
  status: string;
  version: number;
  secret: string;
}

export interface WebhookApp {
  app: OrderApp;
  receiver: Awaited<ReturnType<typeof startFakeUpstream>>;
  /** What the receiver answers, by the event that it gets; 0 breaks the connection off. */
  answers: { status: (event: { subject: string; sequence: number }) => number };
  /** `/webhooks` and what follows it, by an administrator. */
  call(
    method: 'get' | 'post' | 'put' | 'delete',
    path: string,
    options?: CallOptions,
  ): ReturnType<OrderApp['get']>;
  register(fields?: object): Promise<Registered>;
  tell(...events: object[]): Promise<void>;
  /** Starts a worker's loop; further receivers of the test may be inside. */
  deliver(database?: Database, hosts?: string[]): { stop: () => Promise<void> };
  /** Starts the loop that ends or deletes what is queued for disabled and deleted webhooks. */
  clear(): { stop: () => Promise<void> };
  /** Subjects and sequences that the receiver got, in their order. */
  received(): string[];
  /** Forgets all webhooks and what was received. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

interface CallOptions {
  body?: object;
  ifMatch?: string;
}

/** order-service with an outsider who listens, faked at the HTTP border. */
export async function startWebhookApp(): Promise<WebhookApp> {
  const always = () => 204;
  const answers: WebhookApp['answers'] = { status: always };
  const receiver = await startFakeUpstream(({ body }) => {
    const status = answers.status(body as never);
    return status === 0 ? 'reset' : { status };
  });
  const host = new URL(receiver.url).host;
  const app = await startOrderApp({ poolSize: 4, webhookHosts: [host] });
  const call: WebhookApp['call'] = (method, path, { body, ifMatch } = {}) => {
    const request = app.request[method](`/api/v1/webhooks${path}`).set('Authorization', admin.bearer);
    if (ifMatch !== undefined) void request.set('If-Match', ifMatch);
    return body === undefined ? request : request.send(body);
  };
  return {
    app,
    receiver,
    answers,
    call,
    async register(fields = {}) {
      const { body } = await call('post', '', { body: { url: `${receiver.url}/hook`, ...fields } }).expect(
        201,
      );
      return body as Registered;
    },
    async tell(...events) {
      await app.internal
        .post('/internal/v1/events')
        .set('Authorization', toOrders())
        .send(events)
        .expect(204);
    },
    deliver: (database = app.database, hosts = []) =>
      deliverWebhooks({ database, webhooks: createWebhookClient([host, ...hosts]), logger: silentLogger }),
    clear: () => clearWebhooks({ database: app.database, logger: silentLogger }),
    received: () =>
      receiver.calls.map(({ body }) => {
        const { subject, sequence } = body as { subject: string; sequence: number };
        return `${subject} ${sequence}`;
      }),
    async reset() {
      answers.status = always;
      receiver.calls.length = 0;
      await app.database.change('DELETE FROM webhooks', {});
    },
    async stop() {
      await app.stop();
      await receiver.stop();
    },
  };
}

/** The signature that a receiver computes (Standard Webhooks, "Verifying webhook authenticity"). */
export function signatureOf({ headers, body }: UpstreamCall, secret: string): string {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${JSON.stringify(body)}`;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
