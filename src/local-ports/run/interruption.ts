/** Signals that ask us to end, put off until what we have made is taken away again. */

const asking = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Interruption {
  readonly signal: () => (typeof asking)[number] | null;
  /** Settles with the first of them, if ever. */
  readonly heard: Promise<void>;
  readonly stop: () => void;
}

export function listenForInterruption(): Interruption {
  let received: (typeof asking)[number] | null = null;
  let tell = () => {};
  const heard = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const listeners = asking.map((signal) => {
    const hear = () => {
      received ??= signal;
      tell();
    };
    process.on(signal, hear);
    return () => process.off(signal, hear);
  });
  return {
    signal: () => received,
    heard,
    stop: () => {
      for (const stop of listeners) stop();
    },
  };
}
