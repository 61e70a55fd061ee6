import type { Database } from '@tradepost/service-kit/database.ts';
import type { Limits } from './limits/open-limits.ts';
import type { Seal } from './messages/seal.ts';
import type { Passwords } from './passwords/hash-passwords.ts';
import type { TokenIssuer } from './sessions/issue-tokens.ts';

/** What the use cases of this service work with. */
export interface Dependencies {
  database: Database;
  passwords: Passwords;
  tokenIssuer: TokenIssuer;
  limits: Limits;
  leewaySeconds: number;
  /** Makes the HMAC of verification codes. */
  codeKey: Buffer;
  seal: Seal;
}
