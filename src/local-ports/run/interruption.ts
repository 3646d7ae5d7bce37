/** Signals that ask us to end, put off until what we have made is taken away again. */

const asking = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Interruption {
  readonly signal: () => (typeof asking)[number] | null;
  readonly stop: () => void;
}

export function listenForInterruption(): Interruption {
  let received: (typeof asking)[number] | null = null;
  const listeners = asking.map((signal) => {
    const hear = () => {
      received ??= signal;
    };
    process.on(signal, hear);
    return () => process.off(signal, hear);
  });
  return {
    signal: () => received,
    stop: () => {
      for (const stop of listeners) stop();
    },
  };
}
