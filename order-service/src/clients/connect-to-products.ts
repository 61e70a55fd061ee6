import { readSigningKey, serviceAuthorization } from '@tradepost/service-kit/authenticate.ts';
import { createHttpClient } from '@tradepost/service-kit/http-client.ts';
import type { Config } from '../config.ts';
import { createProductClient, type ProductClient } from './product-client.ts';

/** The client of this process, which signs its calls as order-service. */
export function connectToProducts({ SERVICE_KEY_FILE, PRODUCT_SERVICE_URL }: Config): ProductClient {
  const key = readSigningKey(SERVICE_KEY_FILE);
  const authorization = serviceAuthorization(key, 'order-service', 'product-service');
  return createProductClient(createHttpClient(PRODUCT_SERVICE_URL, authorization));
}
