import { readSigningKey, serviceAuthorization } from '@tradepost/service-kit/authenticate.ts';
import { createHttpClient } from '@tradepost/service-kit/http-client.ts';
import type { Config } from '../config.ts';
import { type AuditClient, createAuditClient } from './audit-client.ts';
import { createPaymentClient, type PaymentClient } from './payment-client.ts';
import { createProductClient, type ProductClient } from './product-client.ts';

interface Clients {
  products: ProductClient;
  payments: PaymentClient;
  audits: AuditClient;
  /** For each of those that orders cannot go on without: whether it is left alone, because it gives no answer. */
  isBroken: { productService: () => boolean; paymentProvider: () => boolean };
}

/** The clients of this process: it signs its calls to other services, and shows the provider its key. */
export function connectClients(config: Config): Clients {
  const signingKey = readSigningKey(config.SERVICE_KEY_FILE);
  const toProducts = serviceAuthorization(signingKey, 'order-service', 'product-service');
  const toAccounts = serviceAuthorization(signingKey, 'order-service', 'auth-service');
  const toProvider = (): string => `Bearer ${config.PAYMENT_PROVIDER_KEY}`;
  const products = createHttpClient(config.PRODUCT_SERVICE_URL, { authorization: toProducts });
  // A charge that may have been made is asked about before it is sent again: never by the client on its own.
  const payments = createHttpClient(config.PAYMENT_PROVIDER_URL, {
    authorization: toProvider,
    maxRetries: 0,
  });
  return {
    products: createProductClient(products),
    payments: createPaymentClient(payments),
    isBroken: { productService: products.isBroken, paymentProvider: payments.isBroken },
    // Clients of its own: an audit that takes too long must not make the orders think that nobody answers.
    audits: createAuditClient({
      products: createHttpClient(config.PRODUCT_SERVICE_URL, { authorization: toProducts }),
      accounts: createHttpClient(config.AUTH_SERVICE_URL, { authorization: toAccounts }),
      provider: createHttpClient(config.PAYMENT_PROVIDER_URL, { authorization: toProvider }),
    }),
  };
}
