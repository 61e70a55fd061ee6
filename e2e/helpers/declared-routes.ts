import type { Route } from '@tradepost/service-kit/route.ts';
import { publicRoutes as authRoutes } from '../../auth-service/src/routes.ts';
import { publicRoutes as orderRoutes } from '../../order-service/src/routes.ts';
import { publicRoutes as productRoutes } from '../../product-service/src/app.ts';

/** Read, never called: their dependencies are not needed. */
const routesOf = (make: (dependencies: never) => Record<string, Route[]>): Route[] =>
  Object.values(make({} as never)).flat();

/** Every route behind Nginx, as the services declare it. */
export const declaredRoutes: readonly Route[] = [
  ...routesOf(authRoutes),
  ...routesOf(productRoutes),
  ...routesOf(orderRoutes),
];

export const nameOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string =>
  `${method.toUpperCase()} ${path}`;

/** The roles that a route asks for; none when it asks for somebody, or for nobody. */
export const rolesOf = ({ access }: Route): readonly string[] =>
  typeof access === 'object' ? access.roles : [];
