import { Presets, SingleBar } from 'cli-progress';

export interface Phase<Result> {
  result: Result;
  seconds: number;
}

type OnProgress = (done: number) => void;

/** Where nobody looks at a terminal, a line now and then. */
const lineEveryMs = 5_000;

/** Does a part of the work under a progress bar that shows how many are done per second. */
export async function showProgress<Result>(
  title: string,
  total: number,
  work: (onProgress: OnProgress) => Promise<Result>,
): Promise<Phase<Result>> {
  const bar = new SingleBar(
    {
      format: `${title.padEnd(10)} {bar} {value} of {total}, {rate} per second`,
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: lineEveryMs,
    },
    Presets.shades_classic,
  );
  const startedAt = performance.now();
  const secondsSoFar = (): number => (performance.now() - startedAt) / 1_000;
  // What an earlier run had done comes at once, and says nothing about the speed of this one.
  let before: number | undefined;
  bar.start(total, 0, { rate: '0.0' });
  try {
    const result = await work((done) => {
      before ??= done > 1 ? done : 0;
      bar.update(done, { rate: ((done - before) / secondsSoFar()).toFixed(1) });
    });
    return { result, seconds: secondsSoFar() };
  } finally {
    bar.stop();
  }
}
