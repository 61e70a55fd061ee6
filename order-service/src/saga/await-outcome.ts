/** A request waits this long for the outcome of its order, then answers with the state known so far. */
const answerWithinMs = 1_500;

/** Resolves when the work ends, or after 1.5 s: then the work goes on without the request. */
export async function awaitOutcome(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, answerWithinMs).unref();
  });
  try {
    await Promise.race([work, enough]);
  } finally {
    clearTimeout(timer);
  }
}
