import { showProgress } from '../replay/show-progress.ts';

/** A bar is not drawn anew for each of a million rows. */
const step = 100;

/** Does a part of the work under a progress bar that counts rows. */
export async function showRows<Result>(
  title: string,
  total: number,
  work: (onRow: () => void) => Promise<Result>,
): Promise<Result> {
  const { result } = await showProgress(title, total, async (onProgress) => {
    let done = 0;
    const found = await work(() => {
      done += 1;
      if (done % step === 0) onProgress(done);
    });
    onProgress(done);
    return found;
  });
  return result;
}
