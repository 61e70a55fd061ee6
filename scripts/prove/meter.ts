/** What one second of the run came to. */
export interface Second {
  /** Orders that were acknowledged. */
  orders: number;
  answers: number;
  /** Requests without an answer, or with one that says to come again. */
  failed: number;
}

const none = (): Second => ({ orders: 0, answers: 0, failed: 0 });

/** Counts by the second, from its beginning on. */
export class Meter {
  #startedAt = performance.now();
  readonly seconds: Second[] = [];
  readonly total = none();

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  begin(): void {
    this.#startedAt = performance.now();
    this.seconds.length = 0;
    Object.assign(this.total, none());
  }

  count(what: keyof Second): void {
    const index = Math.floor(this.elapsedMs / 1_000);
    while (this.seconds.length <= index) this.seconds.push(none());
    const second = this.seconds[index];
    if (second) second[what] += 1;
    this.total[what] += 1;
  }

  /** Per second, over the last few that are over. */
  rate(what: keyof Second, over = 5): number {
    const end = Math.floor(this.elapsedMs / 1_000);
    const recent = this.seconds.slice(Math.max(0, end - over), end);
    return recent.reduce((sum, second) => sum + second[what], 0) / Math.max(1, Math.min(over, end));
  }
}
