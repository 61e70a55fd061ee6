import type { Finding } from '../deployed/print-findings.ts';
import type { Deployed } from '../deployed/run-suite.ts';
import type { LoadShop } from '../load/open-shop.ts';
import { type LoadReport, startLoad } from '../load/steady-load.ts';

export type { Finding };

/** What a check stands on: a cluster in which everything runs. */
export interface Ground extends Deployed {
  shop: LoadShop;
  /** Every order that was ever acknowledged under load. */
  orders: Set<string>;
}

/** Does something while fifty requests a second come in, half of them over kept connections. */
export async function underLoad(ground: Ground, work: () => Promise<unknown>): Promise<LoadReport> {
  const load = await startLoad(ground.url, ground.shop);
  const end = async (): Promise<LoadReport> => {
    const report = await load.stop();
    load.orders.forEach((id) => ground.orders.add(id));
    return report;
  };
  return work().then(end, async (error: unknown) => {
    await end();
    throw error;
  });
}

/** A check that takes no failed request at all. */
export async function withoutFailure(
  ground: Ground,
  check: string,
  work: () => Promise<unknown>,
): Promise<Finding> {
  const report = await underLoad(ground, work);
  const failed = report.failedReads + report.failedOrders;
  const what = failed > 0 ? `: ${JSON.stringify(report.failures)}` : '';
  return {
    check,
    expected: '0 failed',
    got: `${failed} of ${report.requests} failed${what}`,
    passed: failed === 0,
  };
}
