import type { Answer } from './replicas.ts';

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** Starts all of them in one go, in a random order. */
export async function atOnce(tasks: (() => Promise<Answer>)[]): Promise<Answer[]> {
  const order = times(tasks.length, (index) => ({ index, at: Math.random() })).sort((a, b) => a.at - b.at);
  const answers = await Promise.all(order.map(async ({ index }) => [index, await tasks[index]!()] as const));
  return [...answers].sort(([a], [b]) => a - b).map(([, answer]) => answer);
}

/** Works through tasks, a fixed number of them at a time. */
export async function pooled(limit: number, tasks: (() => Promise<Answer>)[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < tasks.length) {
      const index = next++;
      answers[index] = await tasks[index]!();
    }
  };
  await Promise.all(times(limit, work));
  return answers;
}

/** How many answers there were of each kind: "201", or "409 insufficient-stock". */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const kind = status < 300 ? `${status}` : `${status} ${body.code}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
