import type { Route } from '@tradepost/service-kit/route.ts';
import { accountRoutes } from './accounts/accounts.routes.ts';
import { addressRoutes } from './addresses/addresses.routes.ts';
import type { Dependencies } from './dependencies.ts';
import { openSessionRoutes } from './open-sessions/open-sessions.routes.ts';
import { passwordRoutes } from './passwords/passwords.routes.ts';
import { sellerRoutes } from './sellers/sellers.routes.ts';
import { sessionRoutes } from './sessions/sessions.routes.ts';
import { verificationRoutes } from './verification/verification.routes.ts';

/** By the section of the documentation that they stand in. */
export function publicRoutes(dependencies: Dependencies): Record<string, Route[]> {
  return {
    Accounts: [
      ...accountRoutes(dependencies),
      ...addressRoutes(dependencies),
      ...verificationRoutes(dependencies),
    ],
    Sellers: sellerRoutes(dependencies),
    Sessions: [
      ...sessionRoutes(dependencies),
      ...openSessionRoutes(dependencies),
      ...passwordRoutes(dependencies),
    ],
  };
}
