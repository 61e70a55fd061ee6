import type { Database } from '@tradepost/service-kit/database.ts';
import type { Passwords } from './passwords/hash-passwords.ts';
import type { TokenIssuer } from './sessions/issue-tokens.ts';

/** What the use cases of this service work with. */
export interface Dependencies {
  database: Database;
  passwords: Passwords;
  tokenIssuer: TokenIssuer;
  leewaySeconds: number;
}
