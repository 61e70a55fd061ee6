/** Lets a loop sleep until there is work. */
export interface Waker {
  /** Ends the sleep. A call while the loop works counts: its next sleep then ends at once. */
  wake: () => void;
  sleep: () => Promise<void>;
}

export function createWaker(): Waker {
  let isWoken = false;
  let end: (() => void) | undefined;
  return {
    wake: () => {
      isWoken = true;
      end?.();
    },
    sleep: async () => {
      if (!isWoken) await new Promise<void>((resolve) => (end = resolve));
      end = undefined;
      isWoken = false;
    },
  };
}

const listening = new Set<() => void>();

/** Calls back whenever a transaction of this process has recorded events; returns what ends that. */
export function onRecorded(wake: () => void): () => void {
  listening.add(wake);
  return () => void listening.delete(wake);
}

/** Says that a transaction of this process has recorded events and has committed. */
export function announceRecorded(): void {
  listening.forEach((wake) => wake());
}
