import type { Answer } from './shop.ts';

/** What may be answered for a moment while something is broken. */
const passing = new Set([502, 503, 504]);
/** Statements, errors of the database or of its driver, and where our processes are. */
const inside =
  /\b(select|insert|update|delete)\b.+\b(from|into|set)\b|sqlstate|\bER_[A-Z]|mysql|mariadb|innodb|sequelize|node_modules|ECONN|127\.0\.0\.1/i;

/** Why nobody should get this answer, whatever is broken; that it is a problem of RFC 9457 is for checkedFetch to see. */
export function whyWrong({ status, headers, body, text }: Answer<unknown>): string | undefined {
  if (status < 300) return undefined;
  if (inside.test(text)) return `an answer of ${status} tells of the inside: ${text.slice(0, 300)}`;
  // A first request that is still at work: its repeat is told to come again.
  if (status === 409 && (body as { code?: string }).code === 'request-in-progress') return undefined;
  if (!passing.has(status)) return `answered ${status}: ${text.slice(0, 300)}`;
  const isTold = status !== 503 || Number(headers.get('Retry-After')) >= 1;
  return isTold ? undefined : 'answered 503 without Retry-After';
}
