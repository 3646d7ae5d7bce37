/** One stream of the command on its way into the log: read where the keeper leaves it. */
import type { LogOutcome } from "./log-outcome.js";
import type { RedactedLog } from "./redacted-log.js";
import type { SpoolReader } from "./spool.js";

export interface StreamRequest {
  readonly spool: SpoolReader;
  readonly log: RedactedLog;
  readonly firstBytes: () => void;
  /** The spool is short again, after so many bytes. */
  readonly emptied: (bytes: number) => void;
  /** The spool cannot be read any more. */
  readonly broken: () => void;
}

export interface Recording {
  /** Settles at the end of the stream, or when released. */
  readonly ended: Promise<void>;
  /** Nobody appends to the spool for now: it becomes short when all of it is read. `bytes` should be new in it. */
  readonly empty: (bytes: number) => void;
  /** The end of the stream is in the spool. */
  readonly finish: (bytes: number) => void;
  /** Stops reading; what is held back is logged. */
  readonly release: () => void;
  readonly outcome: () => LogOutcome;
}

/** Between two looks: short while there is output, longer and longer while there is none. */
const [shortest, longest] = [5, 100];
/** Signals wait while we work. */
const piecesAtOnce = 32;

export function recordStream({ spool, log, firstBytes, emptied, broken }: StreamRequest): Recording {
  let complete = false;
  let settled = false;
  let before = 0;
  let due = 0;
  let whenRead: "wait" | "empty" | "finish" = "wait";
  let pause = shortest;
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });

  const release = (): void => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    log.close();
    spool.close();
    end();
  };
  const readSome = (): number => {
    for (let pieces = 0; pieces < piecesAtOnce; pieces += 1) {
      const piece = spool.read();
      if (piece.length === 0) return pieces;
      if (log.bytes === 0) firstBytes();
      log.add(piece);
    }
    return piecesAtOnce;
  };
  const step = (): void => {
    const pieces = readSome();
    pause = pieces === piecesAtOnce ? 0 : pieces > 0 ? shortest : Math.min(2 * pause + 1, longest);
    if (pieces === piecesAtOnce || whenRead === "wait") return;
    log.miss(due - log.bytes);
    complete = whenRead === "finish";
    if (complete) {
      release();
      return;
    }
    whenRead = "wait";
    log.shortenSpool();
    emptied(log.bytes - before);
    before = log.bytes;
  };
  const look = (): void => {
    clearTimeout(timer);
    try {
      step();
    } catch {
      broken();
    }
    if (!settled) timer = setTimeout(look, pause);
  };
  let timer = setTimeout(look, pause);
  const readUntil = (then: "empty" | "finish", bytes: number): void => {
    whenRead = then;
    due = before + bytes;
    look();
  };

  return {
    ended,
    empty: (bytes) => readUntil("empty", bytes),
    finish: (bytes) => readUntil("finish", bytes),
    release,
    outcome: () => log.outcome(complete),
  };
}
