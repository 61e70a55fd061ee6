import type { Figure, Measured } from './figures/figure.ts';
import type { Sample } from './measure/sample.ts';
import type { OpenedBench } from './shop/open-bench.ts';

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

interface Round {
  reference: Sample | undefined;
  ours: Sample;
}

const judgedOf = ({ judges }: Figure, { reference, ours }: Round): number =>
  judges === 'value' ? ours.value : ours.value / (reference?.value ?? NaN);

async function playRound(figure: Figure, bench: OpenedBench): Promise<Round> {
  const reference = await figure.reference?.(bench);
  return { reference, ours: await figure.ours(bench) };
}

/**
 * Measures a figure: one round to warm up, then rounds in which reference and shop take turns.
 * @returns the round whose judged value is the median, with what the check of the data found
 */
export async function measureFigure(
  figure: Figure,
  bench: OpenedBench,
  { replicas, rounds }: { replicas: number; rounds: number },
): Promise<Measured> {
  await figure.ours(bench);
  const played: Round[] = [];
  for (let round = 0; round < rounds; round += 1) played.push(await playRound(figure, bench));
  const judged = median(played.map((round) => judgedOf(figure, round)));
  const shown = played.find((round) => judgedOf(figure, round) === judged);
  if (!shown) throw new Error(`No round of ${figure.goal} was measured.`);
  const { limit } = figure;
  const isMet = 'atLeast' in limit ? judged >= limit.atLeast : judged <= limit.atMost;
  return { figure, replicas, ...shown, judged, isMet, faults: (await figure.check?.(bench)) ?? [] };
}
