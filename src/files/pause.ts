/** Work that never waits must give way now and then: to signals, to timers, to the terminal. */

export interface Pause {
  isDue(): boolean;
  /** Throws the signal's reason when it was aborted meanwhile. */
  take(): Promise<void>;
}

/** How long, in milliseconds, the others may be kept waiting. */
const patience = 50;

export function createPause(signal: AbortSignal | undefined): Pause {
  let resumed = performance.now();
  return {
    isDue: () => performance.now() - resumed > patience,
    take: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      resumed = performance.now();
    },
  };
}
