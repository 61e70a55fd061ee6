import { createHash, timingSafeEqual } from 'node:crypto';
import type { Authenticate } from '@tradepost/service-kit/authenticate.ts';
import { unauthenticated } from '@tradepost/service-kit/problem.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Checks the one key that callers share with the provider, as real providers do.
 * @param key PAYMENT_PROVIDER_KEY
 */
export function authenticateByKey(key: string): Authenticate {
  const expected = digest(key);
  return (authorization) => {
    const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
    // Digests have one length, which timingSafeEqual wants; the key's own length stays unknown, too.
    return timingSafeEqual(digest(given), expected)
      ? Promise.resolve({ id: 'order-service', roles: ['service'], sessionId: '' })
      : Promise.reject(unauthenticated('Send the provider key as "Authorization: Bearer ...".'));
  };
}
