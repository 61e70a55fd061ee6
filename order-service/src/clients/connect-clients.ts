import { readSigningKey, serviceAuthorization } from '@tradepost/service-kit/authenticate.ts';
import type { Clock } from '@tradepost/service-kit/clock.ts';
import { createHttpClient } from '@tradepost/service-kit/http-client.ts';
import type { Metrics } from '@tradepost/service-kit/metrics.ts';
import type { Config } from '../config.ts';
import { measureUpstreams } from '../metrics.ts';
import { type AuditClient, createAuditClient } from './audit-client.ts';
import { createDeadLetterClient, type DeadLetterClient } from './dead-letter-client.ts';
import { createPaymentClient, type PaymentClient } from './payment-client.ts';
import { createProductClient, type ProductClient } from './product-client.ts';
import { createWebhookClient, type WebhookClient } from './webhook-client.ts';

interface Clients {
  products: ProductClient;
  payments: PaymentClient;
  audits: AuditClient;
  deadLetters: DeadLetterClient;
  webhooks: WebhookClient;
}

/**
/**
 * Connections to the provider: more than the charges that all requests of a replica, or all places of a worker, send at
 * once. With fewer, a charge would wait behind charges that hang, and come too late itself.
 */
const chargesAtOnce = 1_024;

/**
 * The clients of this process. It signs its calls to other services by the database's clock, and shows the provider its key. Those that orders
 * cannot go on without are measured.
 */
export function connectClients(
  config: Config,
  { metrics, clock }: { metrics: Metrics; clock: Clock },
): Clients {
  const readKey = () => readSigningKey(config.SERVICE_KEY_FILE);
  const toProducts = serviceAuthorization(readKey, 'order-service', 'product-service');
  const toAccounts = serviceAuthorization(readKey, 'order-service', 'auth-service');
  const toProvider = (): string => `Bearer ${config.PAYMENT_PROVIDER_KEY}`;
  const products = createHttpClient(config.PRODUCT_SERVICE_URL, { authorization: toProducts, clock });
  // A charge that may have been made is asked about before it is sent again: never by the client on its own.
  const payments = createHttpClient(config.PAYMENT_PROVIDER_URL, {
    authorization: toProvider,
    maxRetries: 0,
    maxSockets: chargesAtOnce,
  });
  // Clients of their own: an audit that takes too long must not make the orders think that nobody answers.
  const forAdmins = {
    products: createHttpClient(config.PRODUCT_SERVICE_URL, { authorization: toProducts, clock }),
    accounts: createHttpClient(config.AUTH_SERVICE_URL, { authorization: toAccounts, clock }),
    provider: createHttpClient(config.PAYMENT_PROVIDER_URL, { authorization: toProvider }),
  };
  measureUpstreams(metrics, { productService: products.isBroken, paymentProvider: payments.isBroken });
  return {
    products: createProductClient(products),
    payments: createPaymentClient(payments),
    audits: createAuditClient(forAdmins),
    // Never asked twice: where a replay was made, its letter is gone.
    deadLetters: createDeadLetterClient({
      'product-service': createHttpClient(config.PRODUCT_SERVICE_URL, {
        authorization: toProducts,
        clock,
        maxRetries: 0,
      }),
      'auth-service': createHttpClient(config.AUTH_SERVICE_URL, {
        authorization: toAccounts,
        clock,
        maxRetries: 0,
      }),
    }),
    webhooks: createWebhookClient(config.WEBHOOK_TRUSTED_HOSTS),
  };
}
