import type { SupervisedProcess } from '../../scripts/local/supervised-process.ts';

/** The figures of one process that have no labels, all of one moment, as its operations listener tells them. */
export async function readMetrics({ plan }: SupervisedProcess): Promise<Record<string, number>> {
  const answer = await fetch(`http://127.0.0.1:${plan.environment.OPS_PORT ?? ''}/metrics`);
  const figures = [...(await answer.text()).matchAll(/^([a-z_]+) (\S+)$/gm)];
  return Object.fromEntries(figures.map(([, name = '', figure]) => [name, Number(figure)]));
}
