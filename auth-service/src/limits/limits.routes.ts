import type { Database } from '@tradepost/service-kit/database.ts';
import { type RequestHandler, Router } from 'express';
import { ipKeyGenerator, rateLimit, type RateLimitRequestHandler } from 'express-rate-limit';
import { addressStore } from './address-store.ts';
import { runForCaller } from './caller.ts';
import { tooMany } from './limits.errors.ts';
import type { AddressPolicy, Limits } from './open-limits.ts';

/** Bits of an IPv6 address that its owner cannot choose: a customer of a provider has a /64 at least (RFC 6177 section 2). */
const networkBits = 64;

const rememberCaller: RequestHandler = (req, _res, next) =>
  runForCaller(ipKeyGenerator(req.ip ?? '', networkBits), next);

function limitAddress(database: Database, policy: AddressPolicy): RateLimitRequestHandler {
  const { name, limit, seconds, failuresOnly } = policy;
  return rateLimit({
    windowMs: seconds * 1_000,
    limit,
    identifier: name,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    ipv6Subnet: networkBits,
    skipSuccessfulRequests: failuresOnly,
    requestWasSuccessful: (_req, res) => res.statusCode !== 401,
    store: addressStore(database, { name, seconds }),
    handler: (req, res, next) => {
      const { resetTime } = (req as unknown as { rateLimit: { resetTime?: Date } }).rateLimit;
      const endsInMs = (resetTime?.getTime() ?? 0) - Date.now();
      res.locals.route = req.path;
      next(tooMany('Too many of these from your address; wait.', { policy: name, limit, seconds, endsInMs }));
    },
  });
}

/** Stands before all other routes: knows from where a request comes, and refuses what one address does too often. */
export function limitAddresses({ database, limits }: { database: Database; limits: Limits }): Router {
  const router = Router({ caseSensitive: true });
  router.use(rememberCaller);
  for (const policy of limits.addresses) router.post(policy.paths, limitAddress(database, policy));
  return router;
}
