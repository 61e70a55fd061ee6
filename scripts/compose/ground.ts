import type { Deployed } from '../deployed/run-suite.ts';
import type { LoadShop } from '../load/open-shop.ts';
import type { Project } from './docker-compose.ts';

/** What a check stands on: a project in which everything runs. */
export interface Ground extends Deployed {
  project: Project;
  shop: LoadShop;
  /** Every order that was ever acknowledged under load. */
  orders: Set<string>;
}
