import { defineProblem, type Problem } from '@tradepost/service-kit/problem.ts';

const rateLimited = defineProblem('rate-limited', 429, 'Too many requests');

/** A limit that is used up, as draft-ietf-httpapi-ratelimit-headers-08 calls its parts. */
interface UsedUp {
  policy: string;
  limit: number;
  seconds: number;
  endsInMs: number;
}

/** 429 that tells which limit is used up, and when there is room again. */
export function tooMany(detail: string, { policy, limit, seconds, endsInMs }: UsedUp): Problem {
  const wait = String(Math.max(1, Math.ceil(endsInMs / 1_000)));
  const headers = {
    'Retry-After': wait,
    'RateLimit-Policy': `"${policy}";q=${limit};w=${seconds}`,
    RateLimit: `"${policy}";r=0;t=${wait}`,
  };
  return rateLimited(detail, { headers });
}
